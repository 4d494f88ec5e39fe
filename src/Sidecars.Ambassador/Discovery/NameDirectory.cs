using System.Collections.Concurrent;
using Microsoft.Extensions.Primitives;
using Sidecars.Ambassador.Options;

namespace Sidecars.Ambassador.Discovery;

/// <summary>All names that the configuration needs to know, and where they lead.</summary>
internal sealed class NameDirectory(DnsOptions options, DnsLookup lookup, DnsMetrics metrics, TimeProvider time, ILogger<NameDirectory> logger) : IDisposable
{
    /// <summary>The longest that a request or a connection waits for the first answer.</summary>
    public static readonly TimeSpan FirstAnswerTimeout = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<DnsQuestion, WatchedName> _names = new();
    private volatile DnsOptions _options = options;
    private CancellationTokenSource _change = new();

    /// <summary>Told after some name has changed; never by two threads at a time.</summary>
    public event Action? Changed;

    /// <summary>Held while changes are told: who changes the configuration holds it, too, so that the two do not meet.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Ends with the next change of any name; to be taken before the names are looked at.</summary>
    public IChangeToken NextChange => new CancellationChangeToken(Volatile.Read(ref _change).Token);

    /// <summary>Begins to follow the names of a configuration.</summary>
    public void Begin(DnsOptions options, IReadOnlyList<ServiceOptions> services)
    {
        _options = options;
        foreach (var question in DnsQuestion.Of(services))
        {
            Watch(question);
        }
    }

    /// <summary>Forgets the names that a configuration does not need, once it is in force everywhere.</summary>
    public void EndOthers(IReadOnlyList<ServiceOptions> services)
    {
        var wanted = DnsQuestion.Of(services).ToHashSet();
        foreach (var question in _names.Keys.Where(q => !wanted.Contains(q)))
        {
            if (_names.TryRemove(question, out var gone))
            {
                gone.Dispose();
            }
        }
    }

    /// <summary>What is known of a name; begins to ask where it is new.</summary>
    public WatchedName Watch(DnsQuestion question)
    {
        if (_names.TryGetValue(question, out var known))
        {
            return known;
        }

        var added = new WatchedName(question, () => _options, lookup.AskAsync, Tell, metrics, time, logger);
        known = _names.GetOrAdd(question, added);
        if (known == added)
        {
            added.Start();
        }

        return known;
    }

    /// <summary>Waits for the first answers about names, for a bounded time; at once where all have one.</summary>
    public async Task FirstAnswersAsync(IEnumerable<DnsQuestion> questions, CancellationToken cancellation)
    {
        var answers = Task.WhenAll(questions.Select(q => Watch(q).FirstAnswer));
        try
        {
            await answers.WaitAsync(FirstAnswerTimeout, time, cancellation);
        }
        catch (TimeoutException)
        {
            // whoever waited sees for himself that there are no addresses
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var name in _names.Values)
        {
            name.Dispose();
        }

        _change.Dispose();
    }

    private void Tell()
    {
        lock (Gate)
        {
            var before = Interlocked.Exchange(ref _change, new CancellationTokenSource());
            before.Cancel();
            before.Dispose();
            Changed?.Invoke();
        }
    }
}
