using System.Globalization;
using System.Text;
using Sidecars.Ambassador.Http;
using Sidecars.Common.Expressions;

namespace Sidecars.Ambassador.Tapping;

/// <summary>What an expression may ask a finished request for: the access log's keys, in any case.</summary>
internal sealed class RequestFields(IEnumerable<string> names) : FieldSource
{
    private static readonly Dictionary<string, Func<FinishedRequest, string?>> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Service"] = request => request.Service,
        ["Method"] = request => request.Method,
        ["Path"] = request => request.Path,
        ["Status"] = request => request.Status.ToString(CultureInfo.InvariantCulture),
        ["Milliseconds"] = request => request.Milliseconds.ToString(CultureInfo.InvariantCulture),
        ["Upstream"] = request => request.Upstream,
        ["Tries"] = request => request.Tries.ToString(CultureInfo.InvariantCulture),
        ["UpstreamMilliseconds"] = request => request.UpstreamMilliseconds?.ToString(CultureInfo.InvariantCulture),
        ["Cache"] = request => request.Cache,
        ["Reason"] = request => request.Reason,
    };

    private readonly Func<FinishedRequest, string?>[] _values = [.. names.Select(name => Known[name])];

    /// <summary>The names there are.</summary>
    public static IReadOnlyCollection<string> Names => Known.Keys;

    /// <summary>The request that is asked about.</summary>
    public FinishedRequest Request { get; set; }

    public override bool TryGet(int field, ReadOnlySpan<byte> line, out ReadOnlySpan<byte> value)
    {
        var text = _values[field](Request);
        value = text is null ? default : Encoding.UTF8.GetBytes(text);
        return text is not null;
    }

    public override bool TrySeverity(ReadOnlySpan<byte> value, out int severity)
    {
        // no field of a request is one
        severity = 0;
        return false;
    }
}
