using System.Text;
using Sidecars.Collector.Options;
using Sidecars.Collector.Shaping;
using Sidecars.Common.Configuration;

namespace Sidecars.Collector.Tests.Shaping;

public sealed class LineGroupingTests
{
    public static TheoryData<string, string[]> Traces => new()
    {
        { "java", ["12:00 ERROR failed\n", "java.lang.IllegalStateException: x\n\tat a.B.c(B.java:1)\n\t... 12 more\nCaused by: java.io.IOException: y\n\tat a.B.d(B.java:2)\n", "12:01 INFO next\n"] },
        { "dotnet", ["fail: Host[1]\n      Unhandled\n      System.InvalidOperationException: x\n       ---> System.IO.IOException: y\n         at A.B() in /a.cs:line 1\n         --- End of inner exception stack trace ---\n   at A.C()\n", "info: Host[2]\n"] },
        { "python", ["ERROR:root:failed\nTraceback (most recent call last):\n  File \"a.py\", line 1, in f\n    g()\nKeyError: 'x'\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File \"a.py\", line 3, in h\nmy.pkg.OddError: y\n", "INFO:root:next\n"] },
        { "go", ["panic: runtime error: index out of range\n[signal SIGSEGV]\n\ngoroutine 1 [running]:\nmain.(*T).f(0xc000)\n\t/a/main.go:5 +0x1d\nmain.main()\n\t/a/main.go:9 +0x20\nexit status 2\n", "2026/11/24 next\n"] },
        { "postgres", ["2026-11-24 03:05:00 UTC [1] ERROR:  relation does not exist\n\tat character 15\n", "2026-11-24 03:05:00 UTC [1] STATEMENT:  select *\n\tfrom nothing\n"] },
    };

    [Theory]
    [MemberData(nameof(Traces))]
    public void Presets_KeepTracesTogether(string preset, string[] records) =>
        Assert.Equal(records, Cut(new MultilineOptions { Preset = preset }, string.Concat(records)));

    [Fact]
    public void FirstLine_BeginsARecord() =>
        Assert.Equal(["stray\n", "# a\nb\n\nc\r\n", "# d\n"], Cut(new MultilineOptions { FirstLine = "^#" }, "stray\n# a\nb\n\nc\r\n# d\n"));

    [Fact]
    public void End_EndsARecord() =>
        Assert.Equal(["a\nb;\n", "c;\r\n", "d\n"], Cut(new MultilineOptions { End = ";$" }, "a\nb;\nc;\r\nd\n"));

    [Fact]
    public void Limits_EndARecord()
    {
        Assert.Equal(["a\n b\n", " c\n d\n", "e\n"], Cut(new MultilineOptions { Continuation = "^ ", MaxLines = 2 }, "a\n b\n c\n d\ne\n"));
        var longer = "a\n" + string.Concat(Enumerable.Repeat(" 3456789\n", 200));
        Assert.All(Cut(new MultilineOptions { Continuation = "^ ", MaxBytes = ByteSize.KiB(1) }, longer), record => Assert.InRange(record.Length, 1, 1024));
    }

    [Fact]
    public void NextLength_UnfinishedGroup_IsHeldBack()
    {
        var grouping = Create(new MultilineOptions { Preset = "java" });
        Assert.Equal(0, grouping.NextLength("error\n"u8));
        Assert.Equal(0, grouping.NextLength("error\n\tat a\n"u8));
        Assert.Equal(12, grouping.NextLength("error\n\tat a\nnext"u8));
        Assert.Equal(0, Create(new MultilineOptions { End = ";$" }).NextLength("a\n"u8));
        Assert.Equal(3, Create(new MultilineOptions { End = ";$" }).NextLength("a;\n"u8));
    }

    private static LineGrouping Create(MultilineOptions options)
    {
        var problems = new ProblemList();
        var grouping = GroupingFactory.Create(options, "multiline", problems);
        Assert.Empty(problems.Problems);
        return grouping!;
    }

    /// <summary>The records of a text, the last one taken as it is.</summary>
    private static List<string> Cut(MultilineOptions options, string text)
    {
        var grouping = Create(options);
        var records = new List<string>();
        ReadOnlySpan<byte> rest = Encoding.UTF8.GetBytes(text);
        while (!rest.IsEmpty)
        {
            var length = grouping.NextLength(rest);
            length = length == 0 ? rest.Length : length;
            records.Add(Encoding.UTF8.GetString(rest[..length]));
            rest = rest[length..];
        }

        return records;
    }
}
