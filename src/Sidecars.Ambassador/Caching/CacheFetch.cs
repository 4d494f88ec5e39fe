using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Sidecars.Ambassador.Http;
using Yarp.ReverseProxy.Forwarder;

namespace Sidecars.Ambassador.Caching;

/// <summary>
/// One request that goes to a server because the cache has no answer to give yet: validates what is kept, keeps what may be
/// kept while it passes, and has a stale answer stand in for a failure.
/// </summary>
/// <param name="context">The request.</param>
/// <param name="exchange">What is known of it.</param>
/// <param name="cache">The cache.</param>
/// <param name="request">What of the request matters to it.</param>
/// <param name="kept">The answer that is kept and may not just be given; null where there is none.</param>
/// <param name="flight">What others wait for; null where nobody does.</param>
/// <param name="time">The clock.</param>
internal sealed class CacheFetch(
    HttpContext context, Exchange exchange, RouteCache cache, CacheRequest request, CacheEntry? kept, Flights.Flight? flight, TimeProvider time) : IDisposable
{
    private readonly IHeaderDictionary _asked = new HeaderDictionary(context.Request.Headers.ToDictionary(StringComparer.OrdinalIgnoreCase));
    private readonly long _sent = time.GetTimestamp();
    private readonly int _mark = cache.Store.Mark(request.Key);
    private readonly string _why = kept is null ? "miss" : cache.Policy.TimeLeft(kept) > TimeSpan.Zero ? "request" : "stale";
    private CapturedAnswer? _answer;
    private CacheEntry? _new;

    public async Task RunAsync(RequestDelegate next)
    {
        var client = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        _answer = new CapturedAnswer(client.Stream, AtHead, cache.Policy.Options.MaxEntry.Bytes, Pass, Keep);
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(_answer, client));
        exchange.AtHead = _answer.DecideAnew;
        SetConditions();
        try
        {
            await next(context);
            if (!HasFailed)
            {
                _answer.Decide();
            }
        }
        finally
        {
            exchange.AtHead = null;
            context.Features.Set(client);
            context.Request.Headers.IfNoneMatch = _asked.IfNoneMatch;
            context.Request.Headers.IfModifiedSince = _asked.IfModifiedSince;
            Finish();
        }

        if (_answer.Use == BodyUse.Withhold || (HasFailed && MayStandIn))
        {
            await GiveKeptAsync();
        }
    }

    public void Dispose() => _answer?.Dispose();

    private bool HasFailed => exchange.Failure is not null || context.Features.Get<IForwarderErrorFeature>() is not null || context.RequestAborted.IsCancellationRequested;

    /// <summary>Whether the kept answer may be given in place of a failure; not where the client itself has failed.</summary>
    private bool MayStandIn => kept is not null
        && !context.RequestAborted.IsCancellationRequested
        && !context.Response.HasStarted
        && exchange.Failure?.Status is null or >= StatusCodes.Status500InternalServerError
        && cache.Policy.MayStandInForFailure(kept);

    private bool IsValidated => kept is not null && context.Response.StatusCode == StatusCodes.Status304NotModified && !request.IsHead && HasValidator;

    private bool HasValidator => kept is not null && (kept[HeaderNames.ETag].Count > 0 || kept[HeaderNames.LastModified].Count > 0);

    /// <summary>Asks whether what is kept still holds; the client's own conditions are answered here afterwards.</summary>
    private void SetConditions()
    {
        if (HasValidator && !request.IsHead)
        {
            context.Request.Headers.IfNoneMatch = kept![HeaderNames.ETag];
            context.Request.Headers.IfModifiedSince = kept[HeaderNames.LastModified];
        }
    }

    private BodyUse AtHead()
    {
        var response = context.Response;
        var status = response.StatusCode;
        if (IsValidated || ((exchange.Failure is not null || CachePolicy.IsFailure(status)) && MayStandIn))
        {
            return BodyUse.Withhold;
        }

        _new = exchange.Failure is null ? EntryOf(status, response.Headers) : null;
        if (_new is null || response.ContentLength > cache.Policy.Options.MaxEntry.Bytes)
        {
            _new = null;
            NotKept(status);
            CacheStatus.Add(response, CacheStatus.Forwarded(_why, stored: false));
            return BodyUse.PassOn;
        }

        _answer!.Expected = response.ContentLength;
        CacheStatus.Add(response, CacheStatus.Forwarded(_why, stored: true));
        return BodyUse.Keep;
    }

    /// <summary>What the server says now takes the place of what is kept, unless it only failed; those who wait need not any longer.</summary>
    private void NotKept(int status)
    {
        if (status >= StatusCodes.Status500InternalServerError)
        {
            return;
        }

        if (kept is not null && !request.IsHead)
        {
            cache.Store.Remove(kept, "superseded");
        }

        flight?.Land(isKept: false);
    }

    private void Pass()
    {
        _new = null;
        NotKept(StatusCodes.Status200OK);
    }

    private void Keep()
    {
        if (_new is { } head)
        {
            _new = null;
            cache.Store.Add(head.With(_answer!.Body), _mark);
            flight?.Land(isKept: true);
        }
    }

    private void Finish()
    {
        if (_answer!.Use == BodyUse.Keep && _answer.IsWhole && !HasFailed)
        {
            Keep();
        }

        if (_answer.Use == BodyUse.Withhold && exchange.Failure is null && IsValidated)
        {
            Freshen();
        }

        flight?.Land(isKept: true);
    }

    /// <summary>The head of an answer as an entry without its body; null where it may not be kept.</summary>
    private CacheEntry? EntryOf(int status, IHeaderDictionary headers)
    {
        if (cache.Policy.Judge(request, status, headers, time.GetElapsedTime(_sent)) is not { } freshness)
        {
            return null;
        }

        return new CacheEntry
        {
            Key = request.Key,
            Route = request.Route,
            Status = status,
            Headers = WithDate(headers.Where(h => !h.Key.Equals(HeaderNames.Age, StringComparison.OrdinalIgnoreCase) && !h.Key.Equals(HeaderNames.ContentLength, StringComparison.OrdinalIgnoreCase))),
            Body = default,
            Vary = [.. headers.GetCommaSeparatedValues(HeaderNames.Vary).Select(name => new KeyValuePair<string, StringValues>(name, _asked[name]))],
            Freshness = freshness,
            Received = time.GetTimestamp(),
        };
    }

    private KeyValuePair<string, StringValues>[] WithDate(IEnumerable<KeyValuePair<string, StringValues>> headers)
    {
        var all = headers.ToList();
        if (!all.Exists(h => h.Key.Equals(HeaderNames.Date, StringComparison.OrdinalIgnoreCase)))
        {
            all.Add(new(HeaderNames.Date, HeaderUtilities.FormatDate(time.GetUtcNow())));
        }

        return [.. all];
    }

    /// <summary>The kept body under what the 304 says (RFC 9111, 4.3.4).</summary>
    private void Freshen()
    {
        var merged = new HeaderDictionary();
        foreach (var (name, value) in kept!.Headers)
        {
            merged[name] = value;
        }

        foreach (var (name, value) in context.Response.Headers.Where(h => !h.Key.StartsWith("Content-", StringComparison.OrdinalIgnoreCase)))
        {
            merged[name] = value;
        }

        _new = EntryOf(kept.Status, merged)?.With(kept.Body);
        if (_new is null)
        {
            cache.Store.Remove(kept, "superseded");
        }
        else
        {
            cache.Store.Add(_new, _mark);
        }
    }

    private Task GiveKeptAsync()
    {
        var entry = _new ?? kept!;
        var isValidated = exchange.Failure is null && IsValidated;
        var status = exchange.Upstream is null || context.Features.Get<IForwarderErrorFeature>() is not null ? 0 : context.Response.StatusCode;
        context.Response.Clear();
        context.Features.Set<IForwarderErrorFeature>(null);
        exchange.Failure = null;
        exchange.AnsweredWith = 0;
        exchange.CacheResult = isValidated ? "revalidated" : "stale";
        var said = CacheStatus.Asked(_why, status, cache.Policy.TimeLeft(entry), isValidated ? null : "stale-if-error");
        return KeptAnswer.WriteAsync(context, entry, cache.Policy.AgeOf(entry), said);
    }
}
