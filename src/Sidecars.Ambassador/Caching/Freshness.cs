namespace Sidecars.Ambassador.Caching;

/// <summary>How long an answer may be used, as it and the configuration say.</summary>
/// <param name="Lifetime">From the server's making of it; zero where it is validated each time.</param>
/// <param name="InitialAge">How old it was when it came in (RFC 9111, 4.2.3).</param>
/// <param name="WhileRevalidate">After its lifetime, for how long it is given while it is validated; zero: not.</param>
/// <param name="IfError">After its lifetime, for how long it is given in place of a failure; zero: not.</param>
/// <param name="MayBeStale">Whether a client may ask for it stale (max-stale); false where the server forbids it.</param>
internal readonly record struct Freshness(TimeSpan Lifetime, TimeSpan InitialAge, TimeSpan WhileRevalidate, TimeSpan IfError, bool MayBeStale);
