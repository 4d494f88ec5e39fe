namespace Sidecars.Common.Configuration;

/// <summary>A flag and an environment variable that stand for one key of the configuration, so that a quick start needs no file.</summary>
/// <param name="Flag">Without the dashes: <c>upstream</c> for <c>--upstream</c>.</param>
/// <param name="Variable">For example <c>AMBASSADOR_UPSTREAM</c>. The flag wins over the variable, the variable over the file.</param>
/// <param name="KeyPath">The key it sets, for example <c>inputs[0].paths</c>; a list is given with commas.</param>
/// <param name="Description">One line of help.</param>
public sealed record Shortcut(string Flag, string Variable, string KeyPath, string Description);
