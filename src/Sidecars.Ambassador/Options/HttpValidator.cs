using System.Buffers;
using Microsoft.AspNetCore.Routing.Patterns;
using Sidecars.Common.Configuration;

namespace Sidecars.Ambassador.Options;

/// <summary>Finds what is wrong in the routes of an HTTP service.</summary>
/// <param name="problems">Gets the mistakes.</param>
/// <param name="key">Where the service's http stands.</param>
internal sealed class HttpValidator(ProblemList problems, string key)
{
    private static readonly SearchValues<char> Separators = SearchValues.Create(" \t\r\n:()<>@,;\\\"/[]?={}");

    public void Check(HttpServiceOptions http)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < http.Routes.Count; i++)
        {
            var route = http.Routes[i];
            var at = $"{key}.routes[{i}]";
            if (!AmbassadorValidator.IsName(route.Name))
            {
                problems.Add($"{at}.name", $"'{route.Name}' is not a route name; use letters, digits, '-', '_' and '.', at most 63");
            }
            else if (!names.Add(route.Name))
            {
                problems.Add($"{at}.name", $"'{route.Name}' is the name of another route of this service; give each its own");
            }

            CheckMatch(route.Match, $"{at}.match");
            CheckTransforms(route, $"{at}.transforms");
        }
    }

    private void CheckMatch(RouteMatchOptions match, string at)
    {
        CheckPath(match.Path, $"{at}.path", template: true);
        CheckPath(match.PathPrefix, $"{at}.path_prefix", template: false);
        if (match.Path is not null && match.PathPrefix is not null)
        {
            problems.Add($"{at}.path_prefix", "stands beside path, and only one can decide; remove one of both, or write the path as /prefix/{**rest}");
        }

        for (var i = 0; i < match.Hosts.Count; i++)
        {
            if (match.Hosts[i].Length == 0 || match.Hosts[i].AsSpan().ContainsAny('/', ' ', '@'))
            {
                problems.Add($"{at}.hosts[{i}]", $"'{match.Hosts[i]}' is not a host; write shop.internal, shop.internal:8080 or *.internal");
            }
        }

        CheckFields(match.Headers, $"{at}.headers", areHeaders: true);
        CheckFields(match.Query, $"{at}.query", areHeaders: false);
    }

    private void CheckFields(List<FieldMatchOptions> fields, string at, bool areHeaders)
    {
        for (var i = 0; i < fields.Count; i++)
        {
            var bare = fields[i].EffectiveMode() is FieldMatchMode.Exists or FieldMatchMode.NotExists;
            if (bare != (fields[i].Values.Count == 0))
            {
                problems.Add($"{at}[{i}].values", bare ? "is of no use with this mode; remove it, or compare with exact, prefix or contains" : "is empty; give at least one value, or use mode exists");
            }

            if (!areHeaders && fields[i].Mode == FieldMatchMode.NotExists)
            {
                problems.Add($"{at}[{i}].mode", "not-exists is for headers only; let a route before this one take the requests with the parameter");
            }
        }
    }

    private void CheckTransforms(HttpRouteOptions route, string at)
    {
        var transforms = route.Transforms;
        CheckPath(transforms.PathRemovePrefix, $"{at}.path_remove_prefix", template: false);
        CheckPath(transforms.PathAddPrefix, $"{at}.path_add_prefix", template: false);
        CheckPath(transforms.PathSet, $"{at}.path_set", template: true);
        if (transforms.PathSet is not null && (transforms.PathAddPrefix ?? transforms.PathRemovePrefix) is not null)
        {
            problems.Add($"{at}.path_set", "replaces the whole path, so path_remove_prefix and path_add_prefix would be lost; keep one of both ways");
        }

        CheckHeaders(transforms.RequestHeaders, $"{at}.request_headers");
        CheckHeaders(transforms.ResponseHeaders, $"{at}.response_headers");
    }

    private void CheckHeaders(HeaderTransformOptions headers, string at)
    {
        foreach (var (name, value) in headers.Set.Concat(headers.Append))
        {
            if (name.Length == 0 || name.AsSpan().ContainsAny(Separators) || value.AsSpan().ContainsAny('\r', '\n', '\0'))
            {
                problems.Add(at, $"'{name}' is not a header that can be sent: names hold no blanks or separators, values no line ends");
            }
        }
    }

    private void CheckPath(string? path, string at, bool template)
    {
        if (path is null)
        {
            return;
        }

        if (!path.StartsWith('/') || path.AsSpan().ContainsAny('?', '#'))
        {
            problems.Add(at, $"'{path}' is not a path; it begins with '/' and has neither query nor fragment");
        }
        else if (!template && path.AsSpan().ContainsAny('{', '}'))
        {
            problems.Add(at, $"'{path}' holds braces; parameters are possible in path and path_set only");
        }
        else if (template && WhatIsWrongWithTemplate(path) is { } wrong)
        {
            problems.Add(at, $"'{path}' is not a path with parameters: {wrong}");
        }
    }

    private static string? WhatIsWrongWithTemplate(string path)
    {
        try
        {
            RoutePatternFactory.Parse(path);
            return null;
        }
        catch (RoutePatternException e)
        {
            return e.Message;
        }
    }
}
