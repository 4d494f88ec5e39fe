using Sidecars.Collector.Outputs;

namespace Sidecars.Collector.Pipeline;

/// <summary>
/// Gets one batch after the other delivered, whatever the receiver answers. Failed: the same bytes again, later and later. Refused:
/// in halves, until the bad records are found. Taken in part: the rest again. One bad record never blocks the others; but a receiver
/// that takes nothing at all is a failing one (<see cref="RefusalGuard"/>), and the lines stay in the file.
/// </summary>
internal sealed class BatchDelivery(Output output, BatchEncoder encoder, LaneSettings settings) : IDisposable
{
    private const int MostProbes = 16;
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromMinutes(5);

    private readonly Backoff _backoff = new(settings.FirstRetry, settings.LastRetry, Random.Shared);
    private readonly RefusalGuard _guard = new();
    private readonly CollectorMetrics.OutputMetrics _metrics = settings.Metrics;

    private readonly Lock _gate = new();
    private CancellationTokenSource _giveBack = new();
    private DateTimeOffset _troubleSince;

    /// <summary>Why the batch in flight is not acknowledged yet; null when nothing is wrong.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Since when; null when nothing is wrong.</summary>
    public DateTimeOffset? TroubleSince => Trouble is null ? null : _troubleSince;

    /// <summary>
    /// Delivers a batch; returns how many bytes of its text, from the start, are settled. Less than all only when the receiver refuses
    /// everything: the rest is to be read again, as the file may have got records meanwhile that it takes.
    /// </summary>
    public async ValueTask<int> DeliverAsync(Batch batch, CancellationToken abort)
    {
        var started = settings.Time.GetTimestamp();
        try
        {
            var delivery = batch.Records == 0 ? Delivery.Acknowledged : await output.WriteAsync(batch, abort).ConfigureAwait(false);
            if (!delivery.IsAcknowledged)
            {
                var rest = new BatchRest(batch);
                await SettleAsync(batch, rest, delivery, abort).ConfigureAwait(false);
                await BuryAsync(batch, rest, abort).ConfigureAwait(false);
                _metrics.Took(settings.Time.GetElapsedTime(started));
                return Account(batch, rest);
            }
        }
        catch
        {
            _metrics.Returned(batch.Length, batch.Lines);
            throw;
        }

        if (batch.Records > 0)
        {
            _metrics.Took(settings.Time.GetElapsedTime(started));
            Acknowledged();
        }

        AccountAll(batch);
        return batch.Block.Bytes.Length;
    }

    /// <summary>A batch that waits to be tried again is given back to its file, as far as it is not settled.</summary>
    public void GiveBack()
    {
        lock (_gate)
        {
            _giveBack.Cancel();
        }
    }

    public void Dispose() => _giveBack.Dispose();

    private async ValueTask SettleAsync(Batch batch, BatchRest rest, Delivery delivery, CancellationToken abort)
    {
        var payload = batch;
        while (true)
        {
            if (delivery is { IsAcknowledged: false, IsRefused: false, Records: null })
            {
                if (!await WaitAsync(delivery, abort).ConfigureAwait(false))
                {
                    return;
                }
            }
            else if (!await SortAsync(batch, rest, delivery, abort).ConfigureAwait(false) || !rest.MoveNext())
            {
                return;
            }
            else
            {
                payload = encoder.Select(batch, rest.Current);
            }

            delivery = await output.WriteAsync(payload, abort).ConfigureAwait(false);
        }
    }

    /// <summary>Acts on a verdict on the current selection; false when the receiver refuses everything.</summary>
    private async ValueTask<bool> SortAsync(Batch batch, BatchRest rest, Delivery delivery, CancellationToken abort)
    {
        if (delivery.IsAcknowledged)
        {
            rest.Deliver();
            Acknowledged();
            return true;
        }

        if (delivery.Records is { } verdicts)
        {
            return await SortPartAsync(rest, delivery, verdicts, abort).ConfigureAwait(false);
        }

        Failed(delivery);
        if (rest.Current.Length > 1)
        {
            rest.Split();
            return true;
        }

        if (!_guard.TryRefuse() && !(await ProbeAsync(batch, rest, abort).ConfigureAwait(false) && _guard.TryRefuse()))
        {
            await WaitAsync(delivery, abort, isCounted: true).ConfigureAwait(false);
            return false;
        }

        rest.Refuse(delivery);
        return true;
    }

    private async ValueTask<bool> SortPartAsync(BatchRest rest, Delivery delivery, IReadOnlyList<RecordVerdict> verdicts, CancellationToken abort)
    {
        var refused = verdicts.Count(verdict => verdict.IsRefused);
        if (verdicts.Count < rest.Current.Length)
        {
            Acknowledged();
        }
        else if (refused > 0 && !delivery.IsCertain && !_guard.TryRefuse())
        {
            await WaitAsync(delivery, abort).ConfigureAwait(false);
            return false;
        }

        rest.Sort(delivery);
        if (refused < verdicts.Count)
        {
            return await WaitAsync(delivery, abort).ConfigureAwait(false);
        }

        Failed(delivery);
        return true;
    }

    /// <summary>
    /// Whether the receiver takes anything of what is left. A record that it takes here comes once more in its turn: the order within
    /// the file is worth a repeated record.
    /// </summary>
    private async ValueTask<bool> ProbeAsync(Batch batch, BatchRest rest, CancellationToken abort)
    {
        foreach (var probe in rest.Probes(MostProbes))
        {
            var delivery = await output.WriteAsync(encoder.Select(batch, [probe]), abort).ConfigureAwait(false);
            if (delivery.IsAcknowledged)
            {
                Acknowledged();
                return true;
            }

            Failed(delivery);
        }

        return false;
    }

    /// <summary>Waits before the next try; false when the batch is to be given back instead.</summary>
    private async ValueTask<bool> WaitAsync(Delivery delivery, CancellationToken abort, bool isCounted = false)
    {
        if (!isCounted)
        {
            Failed(delivery);
        }

        if (Trouble != delivery.Detail)
        {
            _troubleSince = Trouble is null ? settings.Time.GetUtcNow() : _troubleSince;
            Trouble = delivery.Detail;
            settings.Log.OutputFailed(output.Name, delivery.Failure!, delivery.Detail!);
        }

        var wait = _backoff.Next();
        if (delivery.RetryAfter is { } told && told > wait)
        {
            wait = told < LongestRetryAfter ? told : LongestRetryAfter;
        }

        // only this loop replaces it
        using var both = CancellationTokenSource.CreateLinkedTokenSource(abort, _giveBack.Token);
        try
        {
            await Task.Delay(wait, settings.Time, both.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!abort.IsCancellationRequested)
        {
            lock (_gate)
            {
                _giveBack.Dispose();
                _giveBack = new CancellationTokenSource();
            }

            return false;
        }
    }

    private void Failed(in Delivery delivery) => _metrics.Failed(delivery.Failure!, delivery.Detail!, settings.Time.GetUtcNow());

    private void Acknowledged()
    {
        _guard.Acknowledged();
        if (Trouble is not null)
        {
            Trouble = null;
            _backoff.Reset();
            settings.Log.OutputWorksAgain(output.Name);
        }
    }

    private void AccountAll(in Batch batch)
    {
        var (droppedBytes, droppedLines) = (0, 0);
        if (batch.HasDrops)
        {
            foreach (var extent in encoder.Extents(batch).Where(extent => extent.Dropped is not null))
            {
                var length = extent.LengthIn(batch.Block);
                _metrics.Dropped(extent.Dropped!, length, extent.Lines);
                droppedBytes += length;
                droppedLines += extent.Lines;
            }
        }

        _metrics.Delivered(batch.Length - droppedBytes, batch.Lines - droppedLines);
    }

    /// <summary>Writes refused records to the dead letters, before their cursor moves.</summary>
    private async ValueTask BuryAsync(Batch batch, BatchRest rest, CancellationToken abort)
    {
        if (settings.DeadLetters is not { } file || rest.Refused.Count == 0)
        {
            return;
        }

        var letters = new List<DeadLetter>();
        var record = 0;
        foreach (var extent in encoder.Extents(batch).Where(extent => extent.Dropped is null))
        {
            if (!rest.IsSettled(record))
            {
                break;
            }

            if (rest.Refused.TryGetValue(record++, out var refusal))
            {
                letters.Add(new DeadLetter(extent, encoder.Text(batch, extent), refusal.Reason, refusal.Detail));
            }
        }

        while (letters.Count > 0 && await file.WriteAsync(output.Name, batch, letters, abort).ConfigureAwait(false) is { IsAcknowledged: false } failed)
        {
            await WaitAsync(Delivery.Failed("dead_letters", "dead_letters cannot be written: " + failed.Detail), abort).ConfigureAwait(false);
        }
    }

    /// <summary>Counts what is settled, up to the first record that is not; gives the rest back.</summary>
    private int Account(in Batch batch, BatchRest rest)
    {
        var (record, end, lines) = (0, 0, 0);
        var extents = encoder.Extents(batch);
        var settled = SettledExtents(extents, rest);
        for (var i = 0; i < settled; i++)
        {
            var extent = extents[i];
            var length = extent.LengthIn(batch.Block);
            if (extent.Dropped is { } reason)
            {
                _metrics.Dropped(reason, length, extent.Lines);
            }
            else if (rest.IsDelivered(record++))
            {
                _metrics.Delivered(length, extent.Lines);
            }
            else
            {
                _metrics.Dropped("refused", length, extent.Lines);
            }

            end = extent.End;
            lines += extent.Lines;
        }

        Tell(batch, rest, end);
        _metrics.Returned(batch.Length - batch.Block.FileLength(0, end), batch.Lines - lines);
        return end;
    }

    /// <summary>How many of the extents, from the first on, are settled; of records that share lines all or none.</summary>
    private static int SettledExtents(IReadOnlyList<RecordExtent> extents, BatchRest rest)
    {
        var (record, settled) = (0, 0);
        for (var i = 0; i < extents.Count; i++)
        {
            if (extents[i].Dropped is null && !rest.IsSettled(record++))
            {
                break;
            }

            settled = extents[i].IsInGroup ? settled : i + 1;
        }

        return settled;
    }

    private void Tell(in Batch batch, BatchRest rest, int settled)
    {
        if (settled > 0 && rest.Refused.Count > 0)
        {
            var (reason, detail) = rest.Refused.MinBy(refused => refused.Key).Value;
            settings.Log.RecordsWereRefused(output.Name, rest.Refused.Count, batch.Block.File.Path, batch.Block.Start, reason, detail);
        }
    }
}
