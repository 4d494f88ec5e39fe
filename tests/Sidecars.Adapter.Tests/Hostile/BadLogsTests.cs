using System.Globalization;
using System.Text;
using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.Hostile;

/// <summary>Logs with whatever can stand in a file.</summary>
public sealed class BadLogsTests : IDisposable
{
    private const int Garbage = 2000;
    private const long Huge = 1L << 30;
    private const int Bombs = 1_000_000;

    private static readonly string[] WrongNumbers =
        ["x", "nan", "NaN", "inf", "-inf", "Infinity", "-1", "1e999", "0x10", "12abc", "1,5", "1..2", "--1", "1e", "1 2", "\u0661\u0662", "\u0000", new string('9', 400)];

    // each takes time beyond all bounds by backtracking
    private static readonly (string Pattern, string Line)[] HostileRegexes =
    [
        (@"^(?<w>(a+)+)$", new string('a', 5000) + "!"),
        (@"^(?<w>(a|aa)+)$", new string('a', 5000) + "!"),
        (@"^(?<w>(\w+\d*)+)x$", "x" + new string('1', 5000) + "!"),
        (@"(?<w>(x+x+)+y)", "y" + new string('x', 5000)),
    ];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task GarbageHugeAndBinaryLines_AreCountedAsUnparsedAndTheGoodOnesAmongThemAsGood()
    {
        await using (var log = File.Create(_folder["bad.log"]))
        {
            WriteGarbage(log);
            log.Write("\n[GET] 1\n\r\n[\n\0\n"u8); // the empty one is a line, too
            log.Position = log.Length + Huge; // one line of a gibibyte, which takes no room on the disk
            log.Write("\n[GET] 1\n"u8);
        }

        await using var adapter = await StartAsync("format: '[$method] $value', metrics: [ { counter: bad_total, labels: [method], value: value } ]");
        await adapter.SayGoodAsync();

        await adapter.WaitAsync(2, "bad_total", ("method", "GET"));
        await adapter.WaitAsync(Garbage + 6, "sidecars_adapter_lines_total", ("input", "bad"));
        await adapter.WaitAsync(Garbage + 4, "sidecars_adapter_lines_unparsed_total", ("input", "bad"));
        await adapter.WaitAsync(0, "sidecars_adapter_log_pending_bytes", ("input", "bad"));
        await adapter.AssertUnharmedAsync();
    }

    [Fact]
    public async Task WrongNumbers_AreCountedAndNoSeriesTakesThem()
    {
        await File.WriteAllTextAsync(_folder["bad.log"], string.Concat(WrongNumbers.Append("2.5").Select(number => $"[GET] {number} end\n")));

        await using var adapter = await StartAsync("""
            format: '[$method] $value end', metrics: [ { counter: bad_total, value: value }, { histogram: bad_seconds, value: value, buckets: [-2, 5] } ]
            """);
        await adapter.SayGoodAsync();

        await adapter.WaitAsync(WrongNumbers.Length + 1, "sidecars_adapter_lines_total", ("input", "bad"));
        await adapter.WaitAsync(0, "sidecars_adapter_lines_unparsed_total", ("input", "bad"));
        await adapter.WaitAsync((2 * WrongNumbers.Length) - 1, "sidecars_adapter_values_unreadable_total", ("input", "bad")); // a histogram takes -1
        await adapter.WaitAsync(2.5, "bad_total");
        await adapter.WaitAsync(2, "bad_seconds_count");
        await adapter.WaitAsync(1.5, "bad_seconds_sum");
        await adapter.AssertUnharmedAsync();
    }

    [Fact]
    public async Task MillionLabelValues_SeriesStayWithinTheLimitAndTheSumIsWhole()
    {
        var filler = new string('v', 100);
        await using (var log = new StreamWriter(_folder["bad.log"]))
        {
            for (var i = 0; i < Bombs; i++)
            {
                await log.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"[{i}-{filler}] 1\n"));
            }
        }

        await using var adapter = await StartAsync("format: '[$method] $value', metrics: [ { counter: bad_total, labels: [method] } ]");
        await adapter.SayGoodAsync();

        await adapter.WaitAsync(Bombs, "sidecars_adapter_lines_total", ("input", "bad"));
        await adapter.WaitAsync(Bombs, "bad_total");
        await adapter.WaitAsync(Bombs - AdapterUnderAttack.PerMetric, "bad_total", ("method", "other"));
        await adapter.WaitAsync(Bombs - AdapterUnderAttack.PerMetric, "sidecars_adapter_series_overflow_total", ("metric", "bad_total"));
        Assert.Equal(AdapterUnderAttack.PerMetric + 1, (await adapter.Process.MetricsAsync()).Samples.Count(sample => sample.Name == "bad_total"));
        await adapter.AssertUnharmedAsync();
    }

    [Fact]
    public async Task HostileRegexes_AreDemotedOnceEachAndEveryLineIsCounted()
    {
        const int Lines = 40;
        var inputs = new StringBuilder();
        for (var i = 0; i < HostileRegexes.Length; i++)
        {
            var (pattern, line) = HostileRegexes[i];
            await File.WriteAllTextAsync(_folder[$"bad{i}.log"], string.Concat(Enumerable.Repeat(line + "\n", Lines)));
            inputs.Append(CultureInfo.InvariantCulture, $"  bad{i}: {{ tail: {_folder[$"bad{i}.log"]}, parse: 'regex: {pattern}', metrics: [ {{ counter: bad{i}_total }} ] }}\n");
        }

        await using var adapter = await AdapterUnderAttack.StartAsync(inputs.ToString(), _folder);
        await adapter.SayGoodAsync();

        for (var i = 0; i < HostileRegexes.Length; i++)
        {
            await adapter.WaitAsync(Lines, "sidecars_adapter_lines_total", ("input", $"bad{i}"));
            await adapter.WaitAsync(Lines, "sidecars_adapter_lines_unparsed_total", ("input", $"bad{i}"));
            await adapter.WaitAsync(1, "sidecars_adapter_rules_demoted_total", ("input", $"bad{i}"));
        }

        await adapter.AssertUnharmedAsync();
    }

    private static void WriteGarbage(FileStream log)
    {
        var random = new Random(17);
        for (var i = 0; i < Garbage; i++)
        {
            var line = new byte[random.Next(1, 2000)];
            random.NextBytes(line);
            line.AsSpan().Replace((byte)'\n', (byte)'\r');
            line.AsSpan().Replace((byte)'[', (byte)0);
            line[^1] = (byte)(i == Garbage - 1 ? 'x' : '\n');
            log.Write(line);
        }
    }

    private Task<AdapterUnderAttack> StartAsync(string rules) =>
        AdapterUnderAttack.StartAsync($"  bad: {{ tail: {_folder["bad.log"]}, {rules.Trim()} }}", _folder);
}
