using Sidecars.Ambassador.Options;
using Yarp.ReverseProxy.Configuration;

namespace Sidecars.Ambassador.Http;

/// <summary>Turns a route's conditions into YARP's.</summary>
internal static class RouteMatching
{
    public const string AnyPath = "{**all}";

    public static RouteMatch MatchOf(RouteMatchOptions match) => new()
    {
        Path = match.Path ?? (match.PathPrefix is { } prefix ? $"{prefix.TrimEnd('/')}/{AnyPath}" : AnyPath),
        Hosts = match.Hosts.Count == 0 ? null : match.Hosts,
        Methods = match.Methods.Count == 0 ? null : match.Methods,
        Headers = match.Headers.Count == 0 ? null : [.. match.Headers.Select(Header)],
        QueryParameters = match.Query.Count == 0 ? null : [.. match.Query.Select(Parameter)],
    };

    private static RouteHeader Header(FieldMatchOptions field) => new()
    {
        Name = field.Name,
        Values = field.Values,
        IsCaseSensitive = field.CaseSensitive,
        Mode = field.EffectiveMode() switch
        {
            FieldMatchMode.Prefix => HeaderMatchMode.HeaderPrefix,
            FieldMatchMode.Contains => HeaderMatchMode.Contains,
            FieldMatchMode.NotContains => HeaderMatchMode.NotContains,
            FieldMatchMode.Exists => HeaderMatchMode.Exists,
            FieldMatchMode.NotExists => HeaderMatchMode.NotExists,
            _ => HeaderMatchMode.ExactHeader,
        },
    };

    private static RouteQueryParameter Parameter(FieldMatchOptions field) => new()
    {
        Name = field.Name,
        Values = field.Values,
        IsCaseSensitive = field.CaseSensitive,
        Mode = field.EffectiveMode() switch
        {
            FieldMatchMode.Prefix => QueryParameterMatchMode.Prefix,
            FieldMatchMode.Contains => QueryParameterMatchMode.Contains,
            FieldMatchMode.NotContains => QueryParameterMatchMode.NotContains,
            FieldMatchMode.Exists => QueryParameterMatchMode.Exists,
            _ => QueryParameterMatchMode.Exact,
        },
    };
}
