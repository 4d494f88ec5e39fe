using System.Globalization;
using Google.Protobuf;
using Sidecars.Ambassador.Tests.Tracing.Otlp;

namespace Sidecars.Ambassador.Tests.Tracing;

/// <summary>Parts of a span as texts to compare.</summary>
internal static class SpanText
{
    /// <summary>An id as headers write it.</summary>
    public static string Hex(ByteString bytes) => Convert.ToHexStringLower(bytes.Span);

    /// <summary>All attributes, by name.</summary>
    public static string Attributes(Span span) => string.Join(", ", span.Attributes.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a =>
        $"{a.Key}={(a.Value.ValueCase == AnyValue.ValueOneofCase.IntValue ? a.Value.IntValue.ToString(CultureInfo.InvariantCulture) : a.Value.StringValue)}"));
}
