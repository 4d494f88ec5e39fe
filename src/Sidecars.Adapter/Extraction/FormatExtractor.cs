using System.Diagnostics.CodeAnalysis;
using Sidecars.Common.Parsing;

namespace Sidecars.Adapter.Extraction;

/// <summary>
/// Fields by a format: the format's variables, and what can be told from them: the <c>method</c>, <c>uri</c> and
/// <c>protocol</c> of <c>$request</c>, where the format does not have variables of these names itself.
/// </summary>
internal sealed class FormatExtractor : Extractor
{
    /// <summary>What <c>$request</c> is cut into.</summary>
    public static readonly string[] RequestParts = ["method", "uri", "protocol"];

    private static readonly Dictionary<string, string> Aliases = new(StringComparer.Ordinal)
    {
        ["method"] = "request_method",
        ["uri"] = "request_uri",
        ["protocol"] = "server_protocol",
    };

    private readonly LogFormat _format;
    private readonly int _request;
    private readonly List<string> _fields;

    public FormatExtractor(LogFormat format)
    {
        _format = format;
        _request = format.IndexOf("request");
        _fields = [.. format.Variables];
        if (_request >= 0)
        {
            _fields.AddRange(RequestParts);
        }
    }

    /// <summary>The extractor for a format as it is configured, of a log's line or of a whole page.</summary>
    public static bool TryCompile(string text, bool isPage, [NotNullWhen(true)] out FormatExtractor? extractor, [NotNullWhen(false)] out LogFormatError? error)
    {
        extractor = LogFormat.TryCompile(isPage ? PageText.Format(text) : text, out var format, out error) ? new FormatExtractor(format) : null;
        return extractor is not null;
    }

    /// <summary>All fields by index; the parts of the request come last.</summary>
    public override IReadOnlyList<string> Fields => _fields;

    public override LogEscape Escape => _format.Escape;

    /// <summary>The index of a field as a rule names it; -1 when this format does not have it.</summary>
    public override int IndexOf(string field)
    {
        var own = _format.IndexOf(field);
        if (own < 0 && Aliases.TryGetValue(field, out var alias))
        {
            own = _format.IndexOf(alias);
        }

        return own >= 0 ? own : _fields.IndexOf(field);
    }

    /// <summary>Fills <paramref name="fields"/>, which has room for all <see cref="Fields"/>.</summary>
    public LineMatch Extract(ReadOnlySpan<byte> text, Span<FieldSpan> fields)
    {
        var match = _format.Scan(text, fields);
        if (match.IsMatch && _request >= 0)
        {
            SplitRequest(text, fields);
        }

        return match;
    }

    public string Explain(LineMatch match) => _format.Explain(match);

    private void SplitRequest(ReadOnlySpan<byte> text, Span<FieldSpan> fields)
    {
        var whole = fields[_request];
        var request = RequestLine.Split(whole.Of(text));
        var parts = fields[_format.Variables.Count..];
        var uri = whole.Start + (request.Method.IsEmpty ? 0 : request.Method.Length + 1);
        parts[0] = new FieldSpan(whole.Start, request.Method.Length);
        parts[1] = new FieldSpan(uri, request.Uri.Length);
        parts[2] = new FieldSpan(whole.Start + whole.Length - request.Protocol.Length, request.Protocol.Length);
    }
}
