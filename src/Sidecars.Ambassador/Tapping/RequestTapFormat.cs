using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sidecars.Common.Expressions;
using Sidecars.Common.Tapping;

namespace Sidecars.Ambassador.Tapping;

/// <summary>Writes requests with the keys that the access log has.</summary>
internal sealed class RequestTapFormat(Expression? where) : TapFormat<TappedRequest>
{
    private readonly RequestFields? _fields = where is null ? null : new RequestFields(where.Fields);
    private readonly ArrayBufferWriter<byte> _line = new();

    public override int Write(TappedRequest item, IBufferWriter<byte> output, int most)
    {
        if (_fields is not null)
        {
            _fields.Request = item.Request;
            if (!where!.IsTrue([], _fields))
            {
                return 0;
            }
        }

        _line.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_line, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            Write(item, json);
        }

        output.Write(_line.WrittenSpan);
        output.Write("\n"u8);
        return 1;
    }

    private static void Write(TappedRequest item, Utf8JsonWriter json)
    {
        var request = item.Request;
        json.WriteStartObject();
        json.WriteString("@t", item.Time.UtcDateTime);
        json.WriteString("Service", request.Service);
        json.WriteString("Method", request.Method);
        json.WriteString("Path", request.Path);
        json.WriteNumber("Status", request.Status);
        json.WriteNumber("Milliseconds", request.Milliseconds);
        json.WriteString("Upstream", request.Upstream);
        json.WriteNumber("Tries", request.Tries);
        if (request.UpstreamMilliseconds is { } latency)
        {
            json.WriteNumber("UpstreamMilliseconds", latency);
        }
        else
        {
            json.WriteNull("UpstreamMilliseconds");
        }

        json.WriteString("Cache", request.Cache);
        json.WriteString("Reason", request.Reason);
        json.WriteEndObject();
    }
}
