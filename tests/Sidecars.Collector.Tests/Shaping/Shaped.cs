using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sidecars.Collector.Options;
using Sidecars.Collector.Records;
using Sidecars.Collector.Shaping;
using Sidecars.Collector.Tests.Records;
using Sidecars.Common.Configuration;
using Sidecars.Common.Tailing;

namespace Sidecars.Collector.Tests.Shaping;

/// <summary>What one input makes of lines; remembers what was counted.</summary>
internal sealed class Shaped : IShapingCounts, IDisposable
{
    private readonly TestRecords _records = new();
    private readonly InputShaper _shaper;

    public Shaped(string? parse, TimeProvider time, params StepOptions[] steps)
        : this(new InputOptions { Parse = parse is null ? null : new ParseOptions { Format = parse }, Steps = [.. steps] }, time)
    {
    }

    public Shaped(InputOptions options, TimeProvider time)
    {
        options.Paths = [_records.Path];
        var problems = new ProblemList();
        _shaper = new InputShaper([InputPlan.Create(options, "inputs[0]", time, problems, this)], this);
        Assert.Empty(problems.Problems);
    }

    public Shaped(string? parse, params StepOptions[] steps)
        : this(parse, TimeProvider.System, steps)
    {
    }

    public List<string> Counted { get; } = [];

    /// <summary>The document without the file; or <c>dropped: reason</c>.</summary>
    public string Document(string line, bool isRepeat = false)
    {
        var record = _records.Create(line);
        if (_shaper.Shape(record, isRepeat) is { } reason)
        {
            return "dropped: " + reason;
        }

        var output = new ArrayBufferWriter<byte>();
        new JsonRecordFormat().Write(record, output);
        var document = JsonNode.Parse(output.WrittenSpan)!.AsObject();
        Assert.Equal(_records.Path, (string)document["file"]!);
        document.Remove("file");
        return document.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    /// <summary>The text that is delivered where lines are delivered as they are.</summary>
    public string Line(string line)
    {
        var record = _records.Create(line);
        return _shaper.Shape(record, isRepeat: false) is { } reason ? "dropped: " + reason : Encoding.UTF8.GetString(record.Body);
    }

    public void Unparsed(string parser) => Counted.Add("unparsed " + parser);

    public void Demoted(string key, string reason) => Counted.Add("demoted " + key);

    public void Recognised(FileFollower file, string format) => Counted.Add("recognised " + format);

    public void StepFailed(string step) => Counted.Add("failed " + step);

    public void Dispose() => _records.Dispose();
}
