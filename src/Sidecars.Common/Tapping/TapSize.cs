namespace Sidecars.Common.Tapping;

/// <summary>What something takes up in a listener's queue.</summary>
/// <param name="Bytes">Its bytes, roughly.</param>
/// <param name="Records">How many records it has; so many are missed without it.</param>
public readonly record struct TapSize(int Bytes, int Records);
