namespace Sidecars.Common.Configuration;

/// <summary>One mistake in a configuration.</summary>
/// <param name="Position">Where it stands.</param>
/// <param name="KeyPath">The key it is about, for example <c>services[0].listen</c>; empty for the file as a whole.</param>
/// <param name="Message">What is wrong, and what is allowed or meant.</param>
public sealed record Problem(Position Position, string KeyPath, string Message)
{
    /// <summary>The one line a user sees: <c>collector.yaml:7:5: inputs[0].paths: ...</c>.</summary>
    public override string ToString() => KeyPath.Length == 0 ? $"{Position}: {Message}" : $"{Position}: {KeyPath}: {Message}";
}
