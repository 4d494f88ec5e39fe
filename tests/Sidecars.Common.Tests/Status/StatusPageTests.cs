using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sidecars.Common.Status;

namespace Sidecars.Common.Tests.Status;

public partial class StatusPageTests
{
    private const string Hostile = "</td><script>alert('x')</script>\" onload=\"a\" \u202Eevil\u0001 \uD800 & more";

    [Fact]
    public void Page_HostileTextEverywhere_IsTextEverywhere()
    {
        var table = new StatusTable(new("name", Hostile), new("state", Hostile)) { Note = Hostile };
        table.Add(StatusValue.Text(Hostile), StatusValue.State(Hostile, StatusLevel.Bad));
        var document = Document(table) with
        {
            Sidecar = Hostile,
            Summary = Hostile,
            Version = Hostile,
            Health = new StatusHealth([Hostile], [Hostile], [Hostile]),
            Configuration = new StatusConfiguration(Hostile, DateTimeOffset.UnixEpoch, false, [Hostile]),
        };

        var page = StatusHtml.Write(document, 10);

        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("onload=\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain(page, character => character is '\u202E' or '\u0001' or '\uD800');
        Assert.Contains("&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_PolicyOfItsStyle_IsTheHashOfWhatStandsThere()
    {
        var style = Style().Match(StatusHtml.Write(Document(), 10)).Groups["sheet"].Value;

        Assert.Contains($"style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style)))}'", StatusStyle.Policy, StringComparison.Ordinal);
        Assert.StartsWith("default-src 'none';", StatusStyle.Policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", StatusStyle.Policy, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_Table_HasHeadersRolesAndALandmark()
    {
        var table = new StatusTable(new("path", "File"), new("lag_bytes", "Behind"));
        table.Add(StatusValue.Text("/a.log"), StatusValue.Bytes(2048));

        var page = StatusHtml.Write(Document(table), 10);

        Assert.Contains("<header>", page, StringComparison.Ordinal);
        Assert.Contains("<main>", page, StringComparison.Ordinal);
        Assert.Contains("<footer>", page, StringComparison.Ordinal);
        Assert.Contains("<th role=\"columnheader\" scope=\"col\" class=\"figure\">Behind</th>", page, StringComparison.Ordinal);
        Assert.Contains("<th role=\"rowheader\" scope=\"row\" class=\"short\">/a.log</th>", page, StringComparison.Ordinal);
        Assert.Contains("<td role=\"cell\" data-title=\"Behind\" class=\"figure\"><span>2 KiB</span></td>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_ManyRows_ShowsTheFirstAndTellsHowMany()
    {
        var table = new StatusTable(new("name", "Name"), new("number", "Number"));
        for (var i = 0; i < 2500; i++)
        {
            table.Add(StatusValue.Text($"row {i}"), StatusValue.Count(i));
        }

        var page = StatusHtml.Write(Document(table), 10);

        Assert.Contains(">row 99<", page, StringComparison.Ordinal);
        Assert.DoesNotContain(">row 100<", page, StringComparison.Ordinal);
        Assert.Contains("100 of 2,500 are shown.", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_History_IsDrawnWithGapsWhereNothingWasMeasured()
    {
        var series = new StatusSeries();
        foreach (var value in new[] { 0, 10, double.NaN, 5, 10 })
        {
            series.Add(value);
        }

        var table = new StatusTable(new("name", "Name"), new("lines_per_second", "Lines/s"));
        table.Add(StatusValue.Text("a"), StatusValue.PerSecond(series));

        var page = StatusHtml.Write(Document(table), 10);

        Assert.Contains("<span>10/s<svg", page, StringComparison.Ordinal);
        Assert.Contains("aria-label=\"Lines/s, the last 5 minutes\"", page, StringComparison.Ordinal);
        Assert.Contains("<path d=\"M110 18L112 2M116 10L118 2\"/>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_RefusedReload_IsAtTheTop()
    {
        var page = StatusHtml.Write(Document() with { Configuration = new StatusConfiguration("/a.yaml", DateTimeOffset.UnixEpoch, false, ["a.yaml:1:1: x: wrong"]) }, 10);

        Assert.Contains("<span class=\"badge bad\">refused</span>", page, StringComparison.Ordinal);
        Assert.True(page.IndexOf("a.yaml:1:1: x: wrong", StringComparison.Ordinal) < page.IndexOf("id=\"things\"", StringComparison.Ordinal));
    }

    [Fact]
    public void Json_Values_AreInBaseUnits()
    {
        var series = new StatusSeries();
        series.Add(1);
        series.Add(double.NaN);
        series.Add(2.5);
        var table = new StatusTable(new("name", ""), new("state", ""), new("size_bytes", ""), new("lag_seconds", ""), new("rate", ""), new("at", ""), new("none", ""));
        table.Add(
            StatusValue.Text("a\"<b>"), StatusValue.State("ok", StatusLevel.Good), StatusValue.Bytes(123456789012), StatusValue.Seconds(0.25), StatusValue.PerSecond(series), StatusValue.Time(DateTimeOffset.UnixEpoch), StatusValue.None);

        using var json = JsonDocument.Parse(JsonSerializer.Serialize(Document(table), StatusJsonContext.Default.StatusDocument));

        Assert.Equal("sample", json.RootElement.GetProperty("sidecar").GetString());
        Assert.Equal(1.5, json.RootElement.GetProperty("uptime_seconds").GetDouble());
        var row = json.RootElement.GetProperty("sections").GetProperty("things")[0];
        Assert.Equal("a\"<b>", row.GetProperty("name").GetString());
        Assert.Equal(
            """{"state":"ok","size":123456789012,"lag":0.25,"rate":{"now":2.5,"history":[1,null,2.5]},"at":"1970-01-01T00:00:00Z","none":null}""",
            Regex.Replace($$"""{"state":{{Raw("state")}},"size":{{Raw("size_bytes")}},"lag":{{Raw("lag_seconds")}},"rate":{{Raw("rate")}},"at":{{Raw("at")}},"none":{{Raw("none")}}}""", @"\s", ""));

        string Raw(string key) => row.GetProperty(key).GetRawText();
    }

    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(0.000012, "12 µs")]
    [InlineData(0.0125, "12.5 ms")]
    [InlineData(59.5, "59.5 s")]
    [InlineData(61, "1 min 1 s")]
    [InlineData(7260, "2 h 1 min")]
    [InlineData(90000, "1 d 1 h")]
    public void Text_Seconds_AsPeopleSayThem(double seconds, string expected) => Assert.Equal(expected, StatusText.Of(StatusValue.Seconds(seconds)));

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(5e9, "4.66 GiB")]
    public void Text_Bytes_InTheUnitThatFits(double bytes, string expected) => Assert.Equal(expected, StatusText.Of(StatusValue.Bytes(bytes)));

    [Fact]
    public void Text_LongText_IsCutBetweenCharacters()
    {
        var text = StatusText.Of(StatusValue.Text(new string('x', 499) + "😀" + new string('y', 1_000_000)));

        Assert.Equal(new string('x', 499) + "…", text);
    }

    /// <summary>WCAG 2.2, 1.4.3: at least 4.5 to 1, in the light and in the dark.</summary>
    [Theory]
    [InlineData("text", "page")]
    [InlineData("text", "panel")]
    [InlineData("quiet", "page")]
    [InlineData("quiet", "panel")]
    [InlineData("link", "page")]
    [InlineData("link", "panel")]
    [InlineData("good", "good-back")]
    [InlineData("warning", "warning-back")]
    [InlineData("bad", "bad-back")]
    [InlineData("neutral", "neutral-back")]
    public void Style_TextOnItsGround_HasContrast(string text, string ground)
    {
        var (texts, grounds) = (Colours(text), Colours(ground));

        Assert.Equal(2, texts.Count);
        foreach (var (one, other) in texts.Zip(grounds))
        {
            var (light, dark) = (Math.Max(one, other), Math.Min(one, other));
            Assert.True((light + 0.05) / (dark + 0.05) >= 4.5, $"{text} on {ground}: {(light + 0.05) / (dark + 0.05)}");
        }
    }

    private static StatusDocument Document(StatusTable? table = null) => new(
        "sample", "Does nothing.", "1.2.3", DateTimeOffset.UnixEpoch, 1.5, new StatusHealth([], [], []), new StatusConfiguration(null, DateTimeOffset.UnixEpoch, true, []))
    {
        Tables = [(new StatusSection("things", "Things", () => null!), table ?? new StatusTable(new StatusColumn("name", "Name")))],
    };

    /// <summary>The relative luminances of a colour of the style: of the light form, then of the dark one.</summary>
    private static List<double> Colours(string name) =>
        [.. Regex.Matches(StatusStyle.Sheet, $@"--{name}: #(?<rgb>[0-9a-f]{{6}})").Select(match => Luminance(match.Groups["rgb"].Value))];

    private static double Luminance(string rgb)
    {
        var parts = Enumerable.Range(0, 3).Select(i => byte.Parse(rgb.AsSpan(i * 2, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0)
            .Select(part => part <= 0.04045 ? part / 12.92 : Math.Pow((part + 0.055) / 1.055, 2.4)).ToArray();
        return (0.2126 * parts[0]) + (0.7152 * parts[1]) + (0.0722 * parts[2]);
    }

    [GeneratedRegex("<style>(?<sheet>.*)</style>", RegexOptions.Singleline)]
    private static partial Regex Style();
}
