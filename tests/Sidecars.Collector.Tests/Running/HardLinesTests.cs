using System.Text;
using System.Text.Json;
using Sidecars.Collector.Tests.Pipeline;
using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Running;

/// <summary>Lines as no one expects them, through the real process: what comes out is JSON, and nothing is removed in silence.</summary>
public sealed class HardLinesTests : IDisposable
{
    private const string Time = "2026-11-24T03:05:00.1Z";
    private const int LineLimit = 64 * 1024;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task invalid_utf8_nul_cr_and_byte_order_mark_give_valid_json()
    {
        File.WriteAllBytes(
            _folder["a.log"],
            [0xef, 0xbb, 0xbf, .. "first\r\n"u8, .. "nul\0within\n"u8, .. "carriage\rreturn\n"u8, .. "broken "u8, 0xff, 0xc3, (byte)'\n', .. "\n\t\"\\\n"u8]);
        await using var process = await StartAsync();
        var documents = await DocumentsAsync(6);
        Assert.Equal(["first", "nul\0within", "carriage\rreturn", "broken \ufffd\ufffd", "", "\t\"\\"], documents.Select(Line));
    }

    [Theory]
    [InlineData("encoding: auto", false, true)]
    [InlineData("encoding: auto", true, true)]
    [InlineData("encoding: utf-16le", false, false)]
    [InlineData("encoding: utf-16be", true, false)]
    public async Task utf16_comes_out_in_utf8_and_a_restart_goes_on_at_the_same_byte(string key, bool bigEndian, bool hasMark)
    {
        var unicode = new UnicodeEncoding(bigEndian, hasMark);
        byte[] first = [.. unicode.GetPreamble(), .. unicode.GetBytes("erste Zeile: ä€𝄞\r\nzweite\n")];
        File.WriteAllBytes(_folder["a.log"], first);
        await using (var process = await StartAsync(key + "\n    steps: [{ drop: 'line starts_with \"zweite\"' }]"))
        {
            await DocumentsAsync(1);
            await Eventually.True(async () => Settled(await process.MetricsAsync()) == first.Length);
            Conservation.Assert(await process.MetricsAsync(), "file");
            Assert.Equal(0, await process.TerminateAsync());
        }

        using (var writer = new FileStream(_folder["a.log"], FileMode.Append))
        {
            writer.Write([.. unicode.GetBytes("dritte ü\nohne Ende"), (byte)'x']);
        }

        await using var again = await StartAsync(key);
        await DocumentsAsync(2);
        Assert.Equal(0, await again.TerminateAsync());
        Assert.Equal(["erste Zeile: ä€𝄞", "dritte ü", "ohne Ende\ufffd"], (await DocumentsAsync(3)).Select(Line));
        var size = new FileInfo(_folder["a.log"]).Length;
        Assert.Contains($"{size - first.Length} bytes = {size - first.Length} delivered (2 lines)", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task utf16_mark_is_ignored_where_utf8_is_declared()
    {
        File.WriteAllBytes(_folder["a.log"], [0xff, 0xfe, (byte)'a', (byte)'\n']);
        await using var process = await StartAsync("encoding: utf-8");
        Assert.Equal("\ufffd\ufffda", Line((await DocumentsAsync(1))[0]));
    }

    [Theory]
    [InlineData("inputs[0].encoding: container runtimes write UTF-8", "encoding: utf-16le, parse: cri")]
    [InlineData("encoding", "encoding: latin-1")]
    public async Task encoding_that_cannot_be_is_told(string problem, string keys)
    {
        var configuration = _folder.Write("collector.yaml", $"inputs: [{{ paths: [/var/log/a.log], {keys} }}]\n");
        var (code, _, error) = await SidecarProcess.RunAsync("collector", ["check", configuration]);
        Assert.Equal(2, code);
        Assert.Contains(problem, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task explain_and_tap_leave_the_byte_order_mark_out_in_any_encoding()
    {
        byte[] wide = [.. Encoding.BigEndianUnicode.GetPreamble(), .. Encoding.BigEndianUnicode.GetBytes("{\"n\":1}\n")];
        var configuration = _folder.Write("explain.yaml", $"inputs: [{{ paths: ['{_folder["*.log"]}'], parse: json }}]\n");
        File.WriteAllBytes(_folder["wide.txt"], wide);
        File.WriteAllBytes(_folder["narrow.txt"], [0xef, 0xbb, 0xbf, .. "{\"n\":1}\n"u8]);
        foreach (var sample in (string[])["wide.txt", "narrow.txt"])
        {
            var (code, output, _) = await SidecarProcess.RunAsync("collector", ["explain", "--config", configuration, _folder[sample]]);
            Assert.Equal(0, code);
            Assert.Contains("1 records, 0 not of the format", output, StringComparison.Ordinal);
        }

        await using var process = await StartAsync("parse: json");
        await using var tap = SidecarProcess.Start("collector", 0, ["tap", "--config", _folder["collector.yaml"], "-n", "1"]);
        await Eventually.True(() =>
        {
            File.WriteAllBytes(_folder[$"{Guid.NewGuid():n}.log"], wide);
            return tap.Output.Contains('\n', StringComparison.Ordinal);
        });
        Assert.Equal(0, await tap.WaitForExitAsync());
        using var record = JsonDocument.Parse(tap.Output);
        Assert.Equal(1, record.RootElement.GetProperty("n").GetInt32());
    }

    [Fact]
    public async Task invalid_utf8_in_base64_keeps_every_byte()
    {
        byte[] line = [.. "broken "u8, 0xff, 0, 0xc3];
        File.WriteAllBytes(_folder["a.log"], [.. line, .. "\nfine\n"u8]);
        await using var process = await StartAsync("invalid_utf8: base64");
        var documents = await DocumentsAsync(2);
        Assert.Equal(line, documents[0].GetProperty("line_base64").GetBytesFromBase64());
        Assert.Equal("fine", Line(documents[1]));
    }

    [Fact]
    public async Task invalid_utf8_is_kept_where_it_is_asked_for()
    {
        File.WriteAllBytes(_folder["a.log"], [.. "broken "u8, 0xff, .. "\n"u8]);
        byte[] end = [0xff, (byte)'"', (byte)'}', (byte)'\n'];
        await using var process = await StartAsync("invalid_utf8: keep");
        await Eventually.True(() => File.Exists(_folder["out.json"]) && File.ReadAllBytes(_folder["out.json"]).TakeLast(4).SequenceEqual(end));
    }

    [Fact]
    public async Task three_megabytes_without_a_newline_come_in_pieces_that_are_counted()
    {
        var text = LongLine();
        _folder.Write("a.log", text + "\nnext\n");
        await using var process = await StartAsync();
        var pieces = (text.Length / LineLimit) + 1;
        var documents = await DocumentsAsync(pieces + 1);
        Assert.Equal(text, string.Concat(documents.Take(pieces).Select(Line)));
        Assert.Equal("next", Line(documents[^1]));
        Assert.Equal(pieces - 1, (await process.MetricsAsync()).Value("sidecars_collector_split_lines_total", ("output", "file")));
    }

    [Fact]
    public async Task three_megabytes_are_truncated_where_it_is_asked_for_and_what_is_dropped_is_counted()
    {
        var text = LongLine();
        _folder.Write("a.log", text + "\nnext\n");
        await using var process = await StartAsync("too_long: truncate");
        var documents = await DocumentsAsync(2);
        Assert.Equal([text[..LineLimit], "next"], documents.Select(Line));
        await Eventually.True(async () => Settled(await process.MetricsAsync()) == text.Length + "\nnext\n".Length);
        var metrics = await process.MetricsAsync();
        Assert.Equal(text.Length - LineLimit + 1, metrics.Value("sidecars_collector_dropped_bytes_total", ("output", "file"), ("reason", "too_long")));
        Conservation.Assert(metrics, "file");
    }

    [Fact]
    public async Task pieces_of_container_runtimes_are_joined_and_their_json_is_taken_apart()
    {
        _folder.Write("a.log", $$"""
            {{Time}} stdout P {"level":"err
            {{Time}} stderr F no json
            {{Time}} stdout F or","n":1}

            """);
        await using var process = await StartAsync("parse: { format: cri, then: json }");
        var documents = await DocumentsAsync(2);
        Assert.Equal($$"""{"time":"{{Time}}","severity":"error","file":"{{_folder["a.log"]}}","stream":"stdout","level":"error","n":1}""", documents[0].GetRawText());
        Assert.Equal($$"""{"time":"{{Time}}","file":"{{_folder["a.log"]}}","unparsed":"json","stream":"stderr","message":"no json"}""", documents[1].GetRawText());
        Assert.Equal(1, (await process.MetricsAsync()).Value("sidecars_collector_unparsed_lines_total", ("output", "file"), ("parser", "json")));
    }

    [Fact]
    public async Task pieces_are_joined_before_lines_that_belong_together()
    {
        _folder.Write("a.log", $$"""
            {{Time}} stderr P Exception in
            {{Time}} stderr F  thread main
            {{Time}} stderr F   at first
            {{Time}} stderr P   at sec
            {{Time}} stderr F ond
            {{Time}} stdout F of the other stream
            {{Time}} stdout F next

            """);
        await using var process = await StartAsync("parse: cri\n    multiline: java");
        var documents = await DocumentsAsync(3);
        Assert.Equal(
            ["Exception in thread main\n  at first\n  at second", "of the other stream", "next"],
            documents.Select(document => document.GetProperty("message").GetString()));
        Assert.Equal(["stderr", "stdout", "stdout"], documents.Select(document => document.GetProperty("stream").GetString()));
        await Eventually.True(async () => Settled(await process.MetricsAsync()) == new FileInfo(_folder["a.log"]).Length);
        Conservation.Assert(await process.MetricsAsync(), "file");
    }

    [Fact]
    public async Task regex_that_runs_away_is_demoted_once_and_told()
    {
        var hostile = new string('a', 60) + "!";
        _folder.Write("a.log", $"aaa\n{hostile}\n{hostile}\nlast\n");
        await using var process = await StartAsync("parse: { format: regex, pattern: '^(?<all>(a+)+)$' }");
        var documents = await DocumentsAsync(4);
        Assert.Equal("aaa", documents[0].GetProperty("all").GetString());
        Assert.Equal(hostile, Line(documents[2]));
        Assert.Equal(1, (await process.MetricsAsync()).Value("sidecars_collector_parsers_demoted_total", ("output", "file")));
        await Eventually.True(() => process.Error.Contains("The regex of inputs[0].parse runs in the slower engine", StringComparison.Ordinal));
    }

    [Fact]
    public async Task regex_with_look_around_needs_unsafe()
    {
        _folder.Write("a.log", "a1\n");
        await using var process = await StartAsync("parse: { format: regex, pattern: '(?<=a)(?<n>\\d)', unsafe: true }");
        Assert.Equal(1, (await DocumentsAsync(1))[0].GetProperty("n").GetInt32());
    }

    [Fact]
    public async Task recognised_format_is_told_once_for_each_file()
    {
        _folder.Write("a.log", string.Concat(Enumerable.Repeat("{\"a\":1}\n", 5)));
        await using var process = await StartAsync("parse: auto");
        await DocumentsAsync(5);
        await Eventually.Equal(1, () => process.Error.Split("is taken for json").Length - 1);
    }

    private static double Settled(MetricsText metrics) =>
        metrics.Sum("sidecars_collector_delivered_bytes_total") + metrics.Sum("sidecars_collector_dropped_bytes_total");

    private static string LongLine() => string.Concat(Enumerable.Range(0, 3 * 1024 * 1024 / 8).Select(i => $"{i:x8}")) + "end";

    private static string? Line(JsonElement document) => document.GetProperty("line").GetString();

    private async Task<SidecarProcess> StartAsync(string key = "read_from: beginning")
    {
        var port = FreePort.Next();
        var configuration = _folder.Write("collector.yaml", $$"""
            inputs:
              - paths: ['{{_folder["*.log"]}}']
                {{key}}
            outputs:
              - file: { path: '{{_folder["out.json"]}}', encoding: json }
            follow: { line_limit: 64KiB }
            state: { directory: '{{_folder["state"]}}' }
            admin: { listen: '127.0.0.1:{{port}}' }
            """);
        var process = SidecarProcess.Start("collector", port, ["--config", configuration]);
        await process.WaitReadyAsync();
        return process;
    }

    private async Task<JsonElement[]> DocumentsAsync(int count)
    {
        await Eventually.Equal(count, () => Lines().Length);
        return [.. Lines().Select(line => JsonDocument.Parse(line).RootElement)];
    }

    /// <summary>The whole lines; JSON has no other line breaks than newlines.</summary>
    private string[] Lines() => File.Exists(_folder["out.json"]) ? File.ReadAllText(_folder["out.json"], Encoding.UTF8).Split('\n')[..^1] : [];
}
