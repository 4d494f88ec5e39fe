using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Sidecars.Testing;

/// <summary>Waits for something to come true by looking again and again, up to a deadline. The one place where tests wait.</summary>
public static class Eventually
{
    private static readonly TimeSpan DefaultDeadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits until the condition holds; an exception counts as "not yet" and is told at the deadline.</summary>
    public static Task True(
        Func<bool> condition,
        TimeSpan? deadline = null,
        Func<string>? state = null,
        [CallerArgumentExpression(nameof(condition))] string what = "") =>
        True(() => Task.FromResult(condition()), deadline, state, what);

    /// <summary>Waits until the asynchronous condition holds.</summary>
    public static Task True(
        Func<Task<bool>> condition,
        TimeSpan? deadline = null,
        Func<string>? state = null,
        [CallerArgumentExpression(nameof(condition))] string what = "") =>
        Value(async () => await condition().ConfigureAwait(false), holds => holds, deadline, state, what);

    /// <summary>Waits until two values are equal; the failure names the last value seen.</summary>
    public static Task Equal<T>(
        T expected,
        Func<T> actual,
        TimeSpan? deadline = null,
        [CallerArgumentExpression(nameof(actual))] string what = "") =>
        Value(() => Task.FromResult(actual()), value => Equals(expected, value), deadline, () => $"expected: {expected}", what);

    /// <summary>Waits until the value satisfies the condition and returns it.</summary>
    public static async Task<T> Value<T>(
        Func<Task<T>> value,
        Func<T, bool> until,
        TimeSpan? deadline = null,
        Func<string>? state = null,
        [CallerArgumentExpression(nameof(value))] string what = "")
    {
        var limit = deadline ?? DefaultDeadline;
        var clock = Stopwatch.StartNew();
        var pause = TimeSpan.FromMilliseconds(1);
        string last;
        do
        {
            try
            {
                var seen = await value().ConfigureAwait(false);
                if (until(seen))
                {
                    return seen;
                }

                last = $"last value: {seen}";
            }
#pragma warning disable CA1031 // whatever goes wrong now may go right at the next look; the last one is reported
            catch (Exception exception)
#pragma warning restore CA1031
            {
                last = $"last look failed: {exception.Message}";
            }

            await Task.Delay(pause).ConfigureAwait(false);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
        while (clock.Elapsed < limit);

        throw new TimeoutException($"Not within {limit.TotalSeconds:0.#} s: {what}; {last}{(state is null ? "" : "; " + state())}");
    }
}
