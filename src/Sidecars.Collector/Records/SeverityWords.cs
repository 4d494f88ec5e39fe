using Sidecars.Common.Parsing;

namespace Sidecars.Collector.Records;

/// <summary>Severities as documents have them.</summary>
internal static class SeverityWords
{
    private static readonly byte[][] Members = [.. Enumerable.Range(0, (int)Enum.GetValues<Severity>().Max() + 1).Select(MemberOf)];

    /// <summary>The word; empty where it is not known.</summary>
    public static ReadOnlySpan<byte> Of(Severity severity) => SeverityText.Word((int)severity);

    /// <summary>The word as a member of a JSON object, with its comma; nothing where it is not known.</summary>
    public static ReadOnlySpan<byte> Member(Severity severity) => Members[(int)severity];

    private static byte[] MemberOf(int severity) => SeverityText.Word(severity) is { Length: > 0 } word
        ? [.. "\"severity\":\""u8, .. word, .. "\","u8]
        : [];
}
