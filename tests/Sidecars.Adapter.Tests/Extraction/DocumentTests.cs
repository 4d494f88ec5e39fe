using System.Text;
using Sidecars.Adapter.Tests.Rules;
using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.Extraction;

/// <summary>Pages of each form, from the configuration to the series.</summary>
public class DocumentTests
{
    private const string Queues = """
        { "name": "main", "up": true, "queues": [
            { "name": "a", "stats": { "depth": 3, "odd.key": 1.5e3 }, "state": "UP" },
            { "name": "b", "stats": { "depth": "7" }, "state": "DOWN" },
            { "name": "c\n\"", "stats": null, "state": "ODD" } ] }
        """;

    [Fact]
    public void Json_ArrayToLabels_ValuesMapsAndRoot()
    {
        var (page, mismatch, unreadable) = Run(
            """
            "json": "$.queues[*]", "metrics": [
              { "gauge": "depth", "value": "stats.depth", "labels": [ { "queue": "name" }, { "of": "$.name" } ] },
              { "gauge": "odd", "value": "stats['odd.key']", "scale": 0.001, "labels": [ { "i": "@key" } ] },
              { "gauge": "queue_up", "value": "state", "map": { "UP": 1, "DOWN": 0 }, "labels": [ { "queue": "name" } ] } ]
            """,
            Queues);

        Assert.Null(mismatch);
        Assert.Equal(3, page.Value("depth", ("queue", "a"), ("of", "main")));
        Assert.Equal(7, page.Value("depth", ("queue", "b"), ("of", "main")));
        Assert.Equal(1.5, page.Value("odd", ("i", "0")));
        Assert.Equal(0, page.Value("queue_up", ("queue", "b")));
        Assert.Equal(5, page.Samples.Count);
        Assert.Equal(1, unreadable); // ODD
    }

    [Theory]
    [InlineData("$", "up", 1)]
    [InlineData("$", "queues[-2].stats.depth", 7)]
    [InlineData("$.queues[0]['stats'].depth", "@", 3)]
    [InlineData("$.queues[0].stats.*", "@", 1500)]
    public void Json_Path_LeadsToTheValue(string rows, string field, double expected) =>
        Assert.Equal(expected, Run($$"""  "json": "{{rows}}", "metrics": [ { "gauge": "v", "value": "{{field}}" } ]""", Queues).Page.Value("v"));

    [Theory]
    [InlineData("json", "$", "{ \"a\": 1", "no JSON")]
    [InlineData("json", "$", "", "no JSON")]
    [InlineData("xml", "/a", "<a>", "no XML")]
    [InlineData("xml", "/a", "<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a><v>&e;</v></a>", "no XML")]
    [InlineData("csv", ",", "x,y\n1,2\n", "the first line names none of v")]
    [InlineData("csv", ",", "", "no line names the fields")]
    [InlineData("key_value", ":", "nothing of the kind", "no line has a key")]
    public void Page_OfAnotherForm_IsTold(string key, string form, string text, string reason)
    {
        var (page, mismatch, _) = Run($$"""  "{{key}}": "{{form}}", "metrics": [ { "gauge": "v", "value": "v" } ]""", text);

        Assert.StartsWith(reason, mismatch, StringComparison.Ordinal);
        Assert.Empty(page.Samples);
    }

    [Fact]
    public void Xml_NodesAttributesAndFunctions()
    {
        var page = Run(
            """
            "xml": "/s/queue", "metrics": [
              { "gauge": "depth", "value": "stats/depth", "labels": [ { "queue": "@name" } ] },
              { "gauge": "jobs", "value": "count(job)", "labels": [ { "queue": "@name" } ] } ]
            """,
            "<?xml version='1.0'?><s><queue name='a &amp; b'><stats><depth> 3 </depth></stats><job/><job/></queue><queue name='c'/></s>").Page;

        Assert.Equal(3, page.Value("depth", ("queue", "a & b")));
        Assert.Equal(2, page.Value("jobs", ("queue", "a & b")));
        Assert.Equal(0, page.Value("jobs", ("queue", "c")));
        Assert.Equal(3, page.Samples.Count);
    }

    [Fact]
    public void Csv_QuotesAndMissingColumns()
    {
        var page = Run(
            """ "csv": ",", "metrics": [ { "gauge": "depth", "value": "depth", "labels": [ "name" ] }, { "gauge": "none", "value": "nowhere" } ] """,
            "# name,depth,\n\"a,\"\"1\"\"\",3,x\r\nb,,\n\n\"two\nlines\",4").Page;

        Assert.Equal(3, page.Value("depth", ("name", "a,\"1\"")));
        Assert.Equal(4, page.Value("depth", ("name", "two\nlines")));
        Assert.Equal(2, page.Samples.Count);
    }

    [Fact]
    public void KeyValue_KeysWithBlanks_OthersArePassedOver()
    {
        var page = Run(""" "key_value": "=", "metrics": [ { "gauge": "a", "value": "big key" }, { "gauge": "b", "value": "c" } ] """, "# x\nbig key  = 12\r\nurl=a=b\n").Page;

        Assert.Equal(12, page.Value("a"));
        Assert.Single(page.Samples);
    }

    [Theory]
    [InlineData(""" "http": "http://x", "json": "$..a" """, "inputs.a.json", "is no step of a path")]
    [InlineData(""" "http": "http://x", "json": "$.a[x]" """, "inputs.a.json", "is no step of a path")]
    [InlineData(""" "http": "http://x", "xml": "//[" """, "inputs.a.xml", "is no XPath")]
    [InlineData(""" "http": "http://x", "csv": "" """, "inputs.a.csv", "is no separator")]
    [InlineData(""" "http": "http://x", "key_value": "" """, "inputs.a.key_value", "is empty")]
    [InlineData(""" "http": "http://x", "json": "$", "xml": "/" """, "inputs.a.xml", "it is json already")]
    [InlineData(""" "tail": "/x", "json": "$" """, "inputs.a.json", "only pages")]
    [InlineData(""" "tail": "/x", "format": "$v", "interval": "1s" """, "inputs.a.interval", "only a page")]
    [InlineData(""" "redis": "nowhere", "key_value": ":" """, "inputs.a.redis", "write host:port")]
    [InlineData(""" "redis": "a:1", "memcached": "a:1", "key_value": ":" """, "inputs.a", "one source")]
    [InlineData(""" "http": "http://x", "json": "$", "metrics": [ { "gauge": "v", "value": "a[" } ] """, "inputs.a.metrics[0].value", "cannot name a field")]
    [InlineData(""" "http": "http://x", "json": "$", "metrics": [ { "gauge": "v", "value": "a", "map": { "x": 1 }, "scale": 2 } ] """, "inputs.a.metrics[0].map", "excludes scale")]
    public void Validate_Mistakes_KeyAndRemedy(string input, string path, string message)
    {
        var problems = RulesTests.Problems($$"""{ "inputs": { "a": { {{input}} {{(input.Contains("metrics", StringComparison.Ordinal) ? "" : ", \"metrics\": []")}} } } }""").Split('\n');

        Assert.Contains(problems, problem => problem.Contains($"{path}: ", StringComparison.Ordinal) && problem.Contains(message, StringComparison.Ordinal));
    }

    private static (MetricsText Page, string? Mismatch, long Unreadable) Run(string input, string text)
    {
        var plan = RulesTests.Compile($$"""{ "inputs": { "a": { "http": "http://x/", {{input}} } } }""");
        var unreadable = 0L;
        var mismatch = plan.Pages[0].Rules.ApplyPage(Encoding.UTF8.GetBytes(text), ref unreadable);
        return (RulesTests.Text(plan.PageSeries), mismatch, unreadable);
    }
}
