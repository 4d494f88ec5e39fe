using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sidecars.Common.Configuration;

namespace Sidecars.Collector.Options;

/// <summary>Elasticsearch or OpenSearch, through the bulk interface.</summary>
internal sealed class ElasticsearchOutputOptions : HttpTargetOptions
{
    [Required]
    [Description("The cluster's address, such as https://elasticsearch:9200.")]
    public string Url { get; set; } = "";

    [Description("The index; {yyyy.MM.dd}, {yyyy-MM} and the like stand for the record's day in UTC. Default: logs-{yyyy.MM.dd}, when there is no data_stream.")]
    public string? Index { get; set; }

    [Description("The data stream, such as logs-nginx-default. Default: none, see index.")]
    public string? DataStream { get; set; }

    [Description("The ingest pipeline that documents go through. Default: the index's own.")]
    public string? Pipeline { get; set; }

    public void Check(string key, ProblemList problems)
    {
        HttpTargetValidation.CheckUrl(Url, $"{key}.url", this, problems);
        HttpTargetValidation.Check(this, key, problems);
        if (Index is not null && DataStream is not null)
        {
            problems.Add($"{key}.data_stream", "give either 'index' or 'data_stream'");
        }

        foreach (var (inner, name) in new[] { ("index", Index), ("data_stream", DataStream) })
        {
            CheckName(name, $"{key}.{inner}", problems);
        }

        if (Index is not null && !IndexName.TryParse(Index, out _))
        {
            problems.Add($"{key}.index", $"'{Index}' has braces that hold no date format; write for example logs-{{yyyy.MM.dd}}");
        }
    }

    // the rules of "Index names" in the create index API
    private static void CheckName(string? name, string key, ProblemList problems)
    {
        var literal = name is null ? "" : IndexName.WithoutDate(name);
        if (name is not null && (literal.Length == 0 || literal[0] is '-' or '_' or '+' || literal.Any(c => char.IsAsciiLetterUpper(c) || char.IsWhiteSpace(c) || "\\/*?\"<>|,#:".Contains(c, StringComparison.Ordinal))))
        {
            problems.Add(key, $"'{name}' cannot be the name of an index: lower case, not beginning with '-', '_' or '+', without blanks and \\/*?\"<>|,#:");
        }
    }
}
