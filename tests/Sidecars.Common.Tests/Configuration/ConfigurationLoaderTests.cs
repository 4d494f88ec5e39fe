using Sidecars.Sample;

namespace Sidecars.Common.Tests.Configuration;

public class ConfigurationLoaderTests
{
    [Fact]
    public void Load_EveryKind_GivesTypedOptions()
    {
        var options = Load.Text(
            """
            targets:
              - name: first
                paths: [/a, "/b"]
                balance: least-requests
                timeout: 1m30s
                buffer: 128KiB
                retries: 0
                share: 0.25
                enabled: true
                password: hush
                listen: "[::1]:8080"
            weights: { x: 1, y: 2 }
            drain_time: 250ms
            """).Options;

        var target = Assert.Single(options.Targets);
        Assert.Equal("first", target.Name);
        Assert.Equal(["/a", "/b"], target.Paths);
        Assert.Equal(Balance.LeastRequests, target.Balance);
        Assert.Equal(TimeSpan.FromSeconds(90), target.Timeout);
        Assert.Equal(128 * 1024, target.Buffer.Bytes);
        Assert.Equal(0, target.Retries);
        Assert.Equal(0.25, target.Share);
        Assert.True(target.Enabled);
        Assert.Equal("hush", target.Password!.Reveal());
        Assert.Equal(8080, target.Listen!.Port);
        Assert.Equal(2, options.Weights["y"]);
        Assert.Equal(TimeSpan.FromMilliseconds(250), options.DrainTime);
    }

    [Fact]
    public void Load_ManyMistakes_AreAllReportedWithTheirPlaces() => Assert.Equal(
        [
            "sample.yaml:3:5: targets[0].timeut: unknown key; did you mean 'timeout'?",
            "sample.yaml:4:14: targets[0].balance: 'round-robbin' is not allowed; did you mean 'round-robin'?",
            "sample.yaml:5:14: targets[0].retries: 11 is out of range; allowed: 0 to 10",
            "sample.yaml:6:14: targets[0].timeout: '5' is not a duration; write a number and a unit, such as 500ms, 5s, 2m, 1h30m or 7d",
            "sample.yaml:7:13: targets[0].buffer: 2MiB is out of range; allowed: 1KiB to 1MiB",
            "sample.yaml:8:5: targets[1].name: this key is required: A name.",
            "sample.yaml:8:12: targets[1].paths: a list is expected here; write one entry a line, each behind '- ', or [a, b]",
            "sample.yaml:9:14: targets[1].enabled: 'yes' is neither true nor false",
            "sample.yaml:10:12: targets[1].share: 'much' is not a number",
            "sample.yaml:11:13: targets[1].listen: 'here' is not an address to listen on; write for example 127.0.0.1:8080, [::1]:8080, :8080 or unix:/run/app.sock",
            "sample.yaml:12:15: weights.a: '1.5' is not a whole number",
            "sample.yaml:13:13: drain_time: a single value is expected here, not a list",
            "sample.yaml:14:1: admn: unknown key; did you mean 'admin'?",
        ],
        Load.Problems(
            """
            targets:
              - name: a
                timeut: 5s
                balance: round-robbin
                retries: 11
                timeout: 5
                buffer: 2MiB
              - paths: /x
                enabled: yes
                share: much
                listen: here
            weights: { a: 1.5 }
            drain_time: [1s]
            admn: {}
            """));

    [Theory]
    [InlineData("targets: [", "sample.yaml:2:1: this is not YAML: While parsing a")]
    [InlineData("a: 1\na: 2", "sample.yaml:2:1: this is not YAML: the key 'a' stands here a second time; the first is on line 1")]
    [InlineData("weights: *w", "sample.yaml:1:10: this is not YAML: the anchor 'w' is not defined above this line")]
    [InlineData("a:\n\tb: 1", "sample.yaml:2:1: this is not YAML: a tab; indent with blanks")]
    [InlineData("{}\n---\n{}", "sample.yaml:2:1: this is not YAML: a second document starts here; a configuration is one document")]
    [InlineData("- a", "sample.yaml:1:1: a mapping is expected here; keys: targets, weights, data, drain_time, admin, log, shutdown")]
    public void Load_NotAConfiguration_IsOneProblemWithItsPlace(string yaml, string expected) =>
        Assert.StartsWith(expected, Assert.Single(Load.Problems(yaml)), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("# nothing but a comment")]
    [InlineData("targets:\nadmin:\n")]
    public void Load_NothingSet_GivesTheDefaults(string yaml)
    {
        var loaded = Load.Text(yaml);

        Assert.Empty(loaded.Problems);
        Assert.Equal("default", Assert.Single(loaded.Options.Targets).Name);
    }

    [Fact]
    public void Load_ValidatorsMistake_PointsAtTheNearestKey() => Assert.Equal(
        ["sample.yaml:2:5: targets[0].paths: at least one path is needed"],
        Load.Problems("targets:\n  - name: a"));

    [Fact]
    public void Load_MistakesOfFormAndOfMeaning_AreToldAtOnce() => Assert.Equal(
        ["sample.yaml:2:5: targets[0].paths: at least one path is needed", "sample.yaml:3:15: log.level: 'loud' is not allowed; allowed: debug, info, warn, error"],
        Load.Problems("targets:\n  - name: a\nlog: { level: loud }"));

    [Fact]
    public void Load_MistakeThatFollowsFromAnother_IsNotToldBesides() => Assert.Equal(
        ["sample.yaml:3:12: targets[0].paths: a list is expected here; write one entry a line, each behind '- ', or [a, b]"],
        Load.Problems("targets:\n  - name: a\n    paths: /x"));

    [Fact]
    public void Load_Directory_IsSaidToBeOne() =>
        Assert.Equal("/tmp: this is a directory; name the file in it", Assert.Single(Load.File("/tmp").Load().Problems).ToString());

    [Fact]
    public void Load_MissingFile_IsAProblem() =>
        Assert.Contains("cannot be read", Assert.Single(Load.File("/nonexistent/sample.yaml").Load().Problems).ToString(), StringComparison.Ordinal);

    [Fact]
    public void Load_FlagOverVariableOverFile_TheLaterWins()
    {
        var environment = new Dictionary<string, string> { ["SAMPLE_NAME"] = "from-variable", ["SAMPLE_PATHS"] = "/v1, /v2" };
        var flags = new Dictionary<string, string> { ["name"] = "from-flag" };

        var target = Load.Text("targets:\n  - name: from-file\n    paths: [/f]\n    retries: 7", environment, flags).Options.Targets[0];

        Assert.Equal(("from-flag", 7), (target.Name, target.Retries));
        Assert.Equal(["/v1", "/v2"], target.Paths);
    }

    [Fact]
    public void Load_VariableAlone_MakesTheListItStandsIn()
    {
        var environment = new Dictionary<string, string> { ["SAMPLE_NAME"] = "quick", ["SAMPLE_PATHS"] = "/p" };

        var target = Assert.Single(Load.File(null, environment).Load().Options.Targets);

        Assert.Equal("quick", target.Name);
        Assert.Equal(["/p"], target.Paths);
    }

    [Fact]
    public void Load_WrongVariable_IsNamedAsTheSource()
    {
        var loaded = Load.File(null, new Dictionary<string, string> { ["SAMPLE_ADMIN"] = "nowhere" }).Load();

        Assert.StartsWith("environment variable SAMPLE_ADMIN: admin.listen: 'nowhere' is not an address", Assert.Single(loaded.Problems).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_Anchor_IsTheSameValueTwice()
    {
        var options = Load.Text("targets:\n  - name: a\n    paths: &p [/x]\n  - name: b\n    paths: *p").Options;

        Assert.Equal(options.Targets[0].Paths, options.Targets[1].Paths);
    }
}
