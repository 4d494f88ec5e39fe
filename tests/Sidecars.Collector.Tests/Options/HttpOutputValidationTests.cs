using System.Text.Json;
using Sidecars.Collector.Options;
using Sidecars.Common.Configuration;

namespace Sidecars.Collector.Tests.Options;

public class HttpOutputValidationTests
{
    [Fact]
    public void Check_ManyMistakesInHttp_AreAllFound()
    {
        var keys = Check(new()
        {
            Http = new()
            {
                Url = "http://user:pass@logs/",
                Headers = new() { ["bad name"] = new("x"), ["Host"] = new("x"), ["X-Good"] = new("x") },
                Basic = new() { User = "a:b", Password = new("x") },
                Bearer = new("x"),
                Compression = Compression.Gzip,
                CompressionLevel = 12,
                Tls = new() { Key = "/key" },
            },
        });
        Assert.Equal(
            [
                "outputs[0].http.basic.user", "outputs[0].http.bearer", "outputs[0].http.compression_level", "outputs[0].http.headers",
                "outputs[0].http.headers.Host", "outputs[0].http.tls.key", "outputs[0].http.url", "outputs[0].http.url",
            ],
            keys);
    }

    [Theory]
    [InlineData("")]
    [InlineData("logs:9000")]
    [InlineData("ftp://logs/")]
    [InlineData("/in")]
    public void Check_NoAddress_IsAMistake(string url) => Assert.Equal(["outputs[0].http.url"], Check(new() { Http = new() { Url = url } }));

    [Fact]
    public void Check_ManyMistakesInElasticsearch_AreAllFound()
    {
        Assert.Equal(["outputs[0].elasticsearch.data_stream", "outputs[0].elasticsearch.index"], Check(new() { Elasticsearch = new() { Url = "http://es:9200", Index = "Logs", DataStream = "logs-x-y" } }));
        Assert.Equal(["outputs[0].elasticsearch.index"], Check(new() { Elasticsearch = new() { Url = "http://es:9200", Index = "logs-{day}" } }));
        Assert.Empty(Check(new() { Elasticsearch = new() { Url = "http://es:9200", Index = "logs-{yyyy.MM.dd}" } }));
    }

    [Fact]
    public void Check_ManyMistakesInLoki_AreAllFound()
    {
        Assert.Equal(
            ["outputs[0].loki.compression", "outputs[0].loki.label_fields", "outputs[0].loki.labels"],
            Check(new() { Loki = new() { Url = "http://loki", Labels = new() { ["1st"] = "x", ["a_b"] = "x" }, LabelFields = ["a.b"], Compression = Compression.Zstd } }));
        Assert.Equal(["outputs[0].loki.labels"], Check(new() { Loki = new() { Url = "http://loki", Labels = [] } }));
    }

    [Fact]
    public void ForComparison_SecretChanged_IsAnotherTextThatShowsNothing()
    {
        static string Text(string token) => JsonSerializer.Serialize(
            new CollectorOptions { Outputs = [new() { Http = new() { Url = "http://a", Bearer = new(token) } }] },
            CollectorOptionsContext.ForComparison.CollectorOptions);
        Assert.NotEqual(Text("one-token"), Text("two-token"));
        Assert.Equal(Text("one-token"), Text("one-token"));
        Assert.DoesNotContain("one-token", Text("one-token"), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Check(OutputOptions output)
    {
        var problems = new ProblemList();
        CollectorValidation.Check(new CollectorOptions { Outputs = [output] }, problems);
        return problems.Problems.Select(problem => problem.KeyPath).Order(StringComparer.Ordinal);
    }
}
