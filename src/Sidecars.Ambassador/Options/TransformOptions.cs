using System.ComponentModel;

namespace Sidecars.Ambassador.Options;

/// <summary>What a route changes of a message; in this order: path, query, headers.</summary>
internal sealed class TransformOptions
{
    [Description("A beginning that is taken off the path, whole segments: with /api, /api/x becomes /x. Default: none.")]
    public string? PathRemovePrefix { get; set; }

    [Description("A beginning that is put before the path, after path_remove_prefix. Default: none.")]
    public string? PathAddPrefix { get; set; }

    [Description("The whole path in place of the one that came. With parameters of the match's path: /catalog/{id}. Default: the path stays.")]
    public string? PathSet { get; set; }

    [Description("Parameters of the query, set in place of any of their name. Default: none.")]
    public Dictionary<string, string> QuerySet { get; set; } = [];

    [Description("Parameters that are taken off the query. Default: none.")]
    public List<string> QueryRemove { get; set; } = [];

    [Description("Headers of the request. Default: as they came.")]
    public HeaderTransformOptions RequestHeaders { get; set; } = new();

    [Description("Headers of the response. Default: as they came.")]
    public HeaderTransformOptions ResponseHeaders { get; set; } = new();
}

/// <summary>Changes of headers: first remove, then set, then append.</summary>
internal sealed class HeaderTransformOptions
{
    [Description("Headers with the value they get, in place of any that came. Default: none.")]
    public Dictionary<string, string> Set { get; set; } = [];

    [Description("Headers with a value that is added to those that came. Default: none.")]
    public Dictionary<string, string> Append { get; set; } = [];

    [Description("Headers that are taken away. Default: none.")]
    public List<string> Remove { get; set; } = [];
}
