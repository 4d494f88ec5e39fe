using System.Collections.Frozen;
using System.Globalization;
using Microsoft.Net.Http.Headers;
using Sidecars.Ambassador.Options;

namespace Sidecars.Ambassador.Caching;

/// <summary>What to do with an answer that is kept.</summary>
internal enum Verdict
{
    /// <summary>Give it.</summary>
    Use,

    /// <summary>Give it, and validate it beside that.</summary>
    UseAndValidate,

    /// <summary>Ask the server first.</summary>
    Validate,
}

/// <summary>
/// The rules of RFC 9111 for a shared cache, and of RFC 5861 for stale answers: which answers may be kept, for how long, and
/// for which requests. It keeps nothing itself.
/// </summary>
internal sealed class CachePolicy(CacheOptions options, TimeProvider time)
{
    /// <summary>Statuses whose meaning is whole in the answer itself; parts and failures are not kept.</summary>
    private static readonly FrozenSet<int> Kept = [200, 203, 204, 300, 301, 302, 307, 308, 404, 405, 410, 414, 451, 501];

    /// <summary>Those that may be kept without a word of how long (RFC 9110, 15.1).</summary>
    private static readonly FrozenSet<int> KeptByDefault = [200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501];

    private static readonly FrozenSet<int> Failures = [500, 502, 503, 504];

    public CacheOptions Options => options;

    /// <summary>Whether a status is a failure that a stale answer may stand in for.</summary>
    public static bool IsFailure(int status) => Failures.Contains(status);

    /// <summary>The age of an answer now.</summary>
    public TimeSpan AgeOf(CacheEntry entry) => entry.Freshness.InitialAge + time.GetElapsedTime(entry.Received);

    /// <summary>How long an answer is still fresh; negative where it is stale.</summary>
    public TimeSpan TimeLeft(CacheEntry entry) => entry.Freshness.Lifetime - AgeOf(entry);

    /// <summary>How long an answer may be used, or null where it may not be kept.</summary>
    /// <param name="request">What it answers.</param>
    /// <param name="status">Its status.</param>
    /// <param name="headers">Its headers.</param>
    /// <param name="delay">How long the server took for it.</param>
    public Freshness? Judge(CacheRequest request, int status, IHeaderDictionary headers, TimeSpan delay)
    {
        if (request.IsHead || !Kept.Contains(status) || DirectivesOf(headers) is not { } says || !MayKeep(request, headers, says))
        {
            return null;
        }

        var lifetime = says.NoCache ? TimeSpan.Zero : LifetimeOf(status, headers, says);
        var fresh = WithStale(new Freshness(lifetime ?? TimeSpan.Zero, InitialAge(headers, delay), TimeSpan.Zero, TimeSpan.Zero, false), says);
        return IsOfUse(status, headers, lifetime, fresh) ? fresh : null;
    }

    /// <summary>For how long the answer may be given stale: as the server says, else as the configuration does.</summary>
    private Freshness WithStale(Freshness fresh, CacheControlHeaderValue says)
    {
        if (says.NoCache || says.MustRevalidate || says.ProxyRevalidate)
        {
            return fresh;
        }

        // s-maxage forbids stale answers, unless the server allows them in the same breath
        var isFree = says.SharedMaxAge is null;
        return fresh with
        {
            WhileRevalidate = Extension(says, "stale-while-revalidate") ?? (isFree ? options.StaleWhileRevalidate : TimeSpan.Zero),
            IfError = Extension(says, "stale-if-error") ?? (isFree ? options.StaleIfError : TimeSpan.Zero),
            MayBeStale = isFree,
        };
    }

    /// <summary>What to do with a kept answer for a request.</summary>
    public Verdict Of(CacheEntry entry, CacheRequest request)
    {
        var says = request.Directives;
        var age = AgeOf(entry);
        var left = entry.Freshness.Lifetime - age;
        if (says.NoCache || says.MaxAge == TimeSpan.Zero || says.MaxAge < age || left < says.MinFresh)
        {
            return Verdict.Validate;
        }

        return left > TimeSpan.Zero || IsTakenStale(entry, says, -left) ? Verdict.Use
            : -left < entry.Freshness.WhileRevalidate ? Verdict.UseAndValidate : Verdict.Validate;
    }

    /// <summary>Whether a kept answer may be given in place of a failure.</summary>
    public bool MayStandInForFailure(CacheEntry entry) => -TimeLeft(entry) < entry.Freshness.IfError;

    /// <summary>Whether the client has said that an answer this stale will do.</summary>
    private static bool IsTakenStale(CacheEntry entry, CacheControlHeaderValue says, TimeSpan stale) =>
        says.MaxStale && entry.Freshness.MayBeStale && (says.MaxStaleLimit is null || stale <= says.MaxStaleLimit);

    private static bool MayKeep(CacheRequest request, IHeaderDictionary headers, CacheControlHeaderValue says) =>
        !says.NoStore
        && !says.Private
        && headers.SetCookie.Count == 0
        && headers.Trailer.Count == 0
        && !headers.Vary.Any(v => v?.Contains('*', StringComparison.Ordinal) == true)
        && (!request.HasAuthorization || says.Public || says.MustRevalidate || says.SharedMaxAge is not null);

    /// <summary>What is neither fresh for a moment, nor can be validated, nor may be given stale, only takes room.</summary>
    private static bool IsOfUse(int status, IHeaderDictionary headers, TimeSpan? lifetime, Freshness fresh) =>
        (lifetime is not null || KeptByDefault.Contains(status))
        && (fresh.Lifetime > fresh.InitialAge
            || headers.ETag.Count > 0
            || headers.LastModified.Count > 0
            || (lifetime is not null && (fresh.WhileRevalidate > TimeSpan.Zero || fresh.IfError > TimeSpan.Zero)));

    private TimeSpan? LifetimeOf(int status, IHeaderDictionary headers, CacheControlHeaderValue says)
    {
        if ((says.SharedMaxAge ?? says.MaxAge) is { } said)
        {
            return said;
        }

        var made = DateOf(headers.Date) ?? time.GetUtcNow();
        if (headers.Expires.Count > 0)
        {
            // what is no date, such as 0, is in the past
            return DateOf(headers.Expires) is { } end && end > made ? end - made : TimeSpan.Zero;
        }

        return Guess(status, headers, says, made) ?? (says.Public ? TimeSpan.Zero : null);
    }

    private TimeSpan? Guess(int status, IHeaderDictionary headers, CacheControlHeaderValue says, DateTimeOffset made)
    {
        if (options.HeuristicPercent == 0 || !(KeptByDefault.Contains(status) || says.Public) || DateOf(headers.LastModified) is not { } changed || changed >= made)
        {
            return null;
        }

        var guessed = (made - changed) * (options.HeuristicPercent / 100.0);
        return guessed < options.HeuristicAtMost ? guessed : options.HeuristicAtMost;
    }

    private TimeSpan InitialAge(IHeaderDictionary headers, TimeSpan delay)
    {
        var apparent = DateOf(headers.Date) is { } made ? time.GetUtcNow() - made : TimeSpan.Zero;
        var told = long.TryParse(headers.Age.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(Math.Min(seconds, int.MaxValue)) : TimeSpan.Zero;
        var corrected = told + delay;
        return apparent > corrected ? apparent : corrected;
    }

    /// <summary>An answer's directives; null where they cannot be understood: then it is not kept.</summary>
    private static CacheControlHeaderValue? DirectivesOf(IHeaderDictionary headers) =>
        headers.CacheControl.Count == 0 ? new CacheControlHeaderValue()
        : CacheControlHeaderValue.TryParse(headers.CacheControl.ToString(), out var parsed) ? parsed : null;

    private static TimeSpan? Extension(CacheControlHeaderValue says, string name) =>
        says.Extensions.FirstOrDefault(e => e.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } found
        && int.TryParse(found.Value.AsSpan().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : null;

    private static DateTimeOffset? DateOf(Microsoft.Extensions.Primitives.StringValues value) =>
        HeaderUtilities.TryParseDate(value.ToString(), out var date) ? date : null;
}
