using Sidecars.Collector.Options;

namespace Sidecars.Collector.Tests.Shaping;

public sealed class RedactTests
{
    [Theory]
    [InlineData("email", "to jane.doe+x@mail.example.com, now", "to #, now")]
    [InlineData("email", "a@b and @home and x@y.z1", "a@b and @home and x@y.z1")]
    [InlineData("email", "ü@example.com <a@b.co>.", "ü@example.com <#>.")]
    [InlineData("ipv4", "10.0.0.1:80 - 192.168.1.254, v1.2.3.4 1.2.3 256.1.1.1 1.2.3.4.5", "#:80 - #, v1.2.3.4 1.2.3 256.1.1.1 1.2.3.4.5")]
    [InlineData("ipv4", "from 10.0.0.1.", "from #.")]
    [InlineData("ipv6", "[2001:db8::1]:443 fe80::1 ::1 12:34:56 std::vector a::b", "[#]:443 # # 12:34:56 std::vector #")]
    [InlineData("card", "4111 1111 1111 1111, 4111-1111-1111-1111, 378282246310005", "#, #, #")]
    [InlineData("card", "4111111111111112 1234567890123456 x4111111111111111", "4111111111111112 1234567890123456 x4111111111111111")]
    [InlineData("bearer", "Authorization: Bearer abcdef123456 next", "Authorization: Bearer # next")]
    [InlineData("bearer", "t=eyJhbGciOi.eyJzdWIi.c2ln; basic dXNlcjpwYXNz", "t=eyJhbGciOi.eyJzdWIi.c2ln; basic #")]
    [InlineData("bearer", "\"eyJhbGciOi.eyJzdWIi.c2ln\" Bearer of news", "\"#\" Bearer of news")]
    public void Presets_HideWhatTheyKnow(string preset, string line, string expected)
    {
        using var shaped = new Shaped(null, new StepOptions { Redact = new() { Presets = [preset], With = "#" } });
        Assert.Equal(expected, shaped.Line(line));
    }

    [Fact]
    public void Patterns_HideEveryMatch_AlsoBehindOtherLetters()
    {
        using var shaped = new Shaped(null, new StepOptions { Redact = new() { Patterns = ["secret-\\d+", "größe"], With = "" } });
        Assert.Equal("ü  ö  end", shaped.Line("ü secret-1 ö secret-22größe end"));
    }

    [Fact]
    public void Fields_AreRedactedWithTheLine()
    {
        using var shaped = new Shaped("json", new StepOptions { Redact = new() { Presets = ["email", "card"] } });
        Assert.Equal(
            """{"time":"2026-11-24T03:05:00Z","user":"[redacted]","card":"[redacted]","deep":"{\"m\":\"[redacted]\"}","ok":true}""",
            shaped.Document("""{"user":"a@b.example","card":4111111111111111,"deep":{"m":"c@d.example"},"ok":true}"""));
        Assert.Equal("""{"user":"[redacted]"}""", shaped.Line("""{"user":"a@b.example"}"""));
    }

    [Fact]
    public void Fields_NamedOnes_OnlyThose()
    {
        using var shaped = new Shaped("json", new StepOptions { Redact = new() { Presets = ["email"], Fields = ["a"] } });
        Assert.Equal("""{"time":"2026-11-24T03:05:00Z","a":"[redacted]","b":"a@b.example"}""", shaped.Document("""{"a":"a@b.example","b":"a@b.example"}"""));
    }
}
