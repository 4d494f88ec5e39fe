using Sidecars.Adapter.Tests.Rules;

namespace Sidecars.Adapter.Tests.Options;

public class LocalPageValidationTests
{
    private const string Metrics = """ "key_value": "=", "metrics": [ { "gauge": "v", "value": "v" } ] """;

    [Theory]
    [InlineData(""" "file": "/run/status", "max_age": "5m", """)]
    [InlineData(""" "exec": ["/bin/df", "-k"], "interval": "5m", "environment": { "LANG": "C" }, """)]
    public void Validate_Right_NoProblem(string source) => Assert.Equal("", Problems(source));

    [Theory]
    [InlineData(""" "file": "status", """, "inputs.a.file", "not an absolute path")]
    [InlineData(""" "http": "http://x", "max_age": "5m", """, "inputs.a.max_age", "only a file has an age")]
    [InlineData(""" "exec": ["df"], """, "inputs.a.exec", "absolute path")]
    [InlineData(""" "exec": [], """, "inputs.a.exec", "absolute path")]
    [InlineData(""" "file": "/x", "environment": { "A": "b" }, """, "inputs.a.environment", "only a command")]
    [InlineData(""" "exec": ["/bin/df"], "environment": { "A=": "b" }, """, "inputs.a.environment", "is not a variable")]
    [InlineData(""" "exec": ["/bin/df"], "file": "/x", """, "inputs.a", "an input has one source")]
    public void Validate_Mistake_KeyPathAndRemedy(string source, string path, string message)
    {
        var problems = Problems(source);
        Assert.Contains(path, problems, StringComparison.Ordinal);
        Assert.Contains(message, problems, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(""" "": "hunter2" """)]
    [InlineData(""" "PASSWORD=": "hunter2" """)]
    [InlineData(""" "PASSWORD=hunter2": "" """)]
    [InlineData(""" "PASSWORD": "hunter2\u0000" """)]
    public void Validate_MistakenVariable_ItsValueIsNotSaid(string variable)
    {
        var problems = Problems($$""" "exec": ["/bin/df"], "environment": { {{variable}} }, """);
        Assert.Contains("is not a variable", problems, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", problems, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_CommandThatIsNotAllowed_SaysHowTo() => Assert.Contains(
        "write allow_exec: true",
        RulesTests.Problems($$"""{ "inputs": { "a": { "exec": ["/bin/df"], {{Metrics}} } } }"""),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("{ }", "either url (a page) or files")]
    [InlineData("""{ "url": "http://x", "files": "/x/*.prom" }""", "either url (a page) or files")]
    [InlineData("""{ "files": "x/*.prom" }""", "not an absolute path")]
    [InlineData("""{ "url": "http://x", "max_age": "1h" }""", "only files have an age")]
    public void Validate_MistakenFiles_Remedy(string page, string message) =>
        Assert.Contains(message, RulesTests.Problems($$"""{ "prometheus": { "p": {{page}} } }"""), StringComparison.Ordinal);

    private static string Problems(string source) => RulesTests.Problems($$"""{ "allow_exec": true, "inputs": { "a": { {{source}} {{Metrics}} } } }""");
}
