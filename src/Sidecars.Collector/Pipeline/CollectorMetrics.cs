using System.Collections.Concurrent;
using Prometheus;
using Sidecars.Collector.Reclaim;

namespace Sidecars.Collector.Pipeline;

/// <summary>
/// What the collector counts. For each output, <c>read = delivered + dropped + returned + in flight</c> holds at any moment, in bytes and in lines;
/// <c>pending</c> is what waits in the files, what is in flight included.
/// </summary>
internal sealed class CollectorMetrics(IMetricFactory factory)
{
    private static readonly string[] ByOutput = ["output"];
    private static readonly string[] ByFile = ["output", "file"];
    private static readonly string[] ByReason = ["output", "reason"];

    private readonly Counter _readBytes = factory.CreateCounter("sidecars_collector_read_bytes_total", "Bytes read from files.", ByOutput);
    private readonly Counter _readLines = factory.CreateCounter("sidecars_collector_read_lines_total", "Lines read from files.", ByOutput);
    private readonly Counter _deliveredBytes = factory.CreateCounter("sidecars_collector_delivered_bytes_total", "Bytes of files whose delivery was acknowledged.", ByOutput);
    private readonly Counter _deliveredLines = factory.CreateCounter("sidecars_collector_delivered_lines_total", "Lines whose delivery was acknowledged.", ByOutput);
    private readonly Counter _droppedBytes = factory.CreateCounter("sidecars_collector_dropped_bytes_total", "Bytes of files that were not to be delivered, by reason.", ByReason);
    private readonly Counter _droppedLines = factory.CreateCounter("sidecars_collector_dropped_lines_total", "Lines that were not to be delivered, by reason.", ByReason);
    private readonly Counter _returnedBytes = factory.CreateCounter("sidecars_collector_returned_bytes_total", "Bytes read and given back to the file unacknowledged, because the configuration changed or the process ended; they are read again.", ByOutput);
    private readonly Counter _returnedLines = factory.CreateCounter("sidecars_collector_returned_lines_total", "Lines read and given back to the file unacknowledged.", ByOutput);
    private readonly Gauge _inFlightLines = factory.CreateGauge("sidecars_collector_in_flight_lines", "Lines read whose acknowledgement is awaited.", ByOutput);
    private readonly Gauge _lagSeconds = factory.CreateGauge("sidecars_collector_lag_seconds", "For how long there has been something that is not acknowledged, in the file where it is longest.", ByOutput);
    private readonly Gauge _fileLagBytes = factory.CreateGauge("sidecars_collector_file_lag_bytes", "Bytes of a file that are not acknowledged; the 100 files that are furthest behind.", ByFile);
    private readonly Gauge _fileLagSeconds = factory.CreateGauge("sidecars_collector_file_lag_seconds", "For how long there has been something in a file that is not acknowledged.", ByFile);
    private readonly Counter _spilledBytes = factory.CreateCounter("sidecars_collector_spilled_bytes_total", "Bytes written to standard output at the end, as their receiver did not take them.", ByOutput);
    private readonly Histogram _batchSeconds = factory.CreateHistogram(
        "sidecars_collector_batch_seconds",
        "Time from the first attempt to deliver a batch to its end, retries included.",
        new HistogramConfiguration { LabelNames = ByOutput, Buckets = Histogram.ExponentialBuckets(0.001, 4, 9) });

    private readonly Gauge _inFlight = factory.CreateGauge("sidecars_collector_in_flight_bytes", "Bytes read whose acknowledgement is awaited.", ByOutput);
    private readonly Gauge _pending = factory.CreateGauge("sidecars_collector_pending_bytes", "Bytes in the files that are not acknowledged.", ByOutput);
    private readonly Counter _lost = factory.CreateCounter("sidecars_collector_truncated_unread_bytes_total", "Bytes that were truncated away by their writer before they were read.", ByOutput);
    private readonly Counter _split = factory.CreateCounter("sidecars_collector_split_lines_total", "Pieces of lines over the line limit.", ByOutput);
    private readonly Counter _overflowed = factory.CreateCounter("sidecars_collector_label_overflow_records_total", "Records whose labels were replaced, because there are too many streams.", ByOutput);
    private readonly Counter _leftOut = factory.CreateCounter("sidecars_collector_left_out_records_total", "Records of acknowledged batches that the receiver says it left out, without saying which.", ByOutput);
    private readonly Counter _truncatedRecords = factory.CreateCounter("sidecars_collector_truncated_records_total", "Records that were cut off to fit into what the output sends.", ByOutput);
    private readonly Counter _failures = factory.CreateCounter("sidecars_collector_delivery_failures_total", "Attempts to deliver a batch that failed, by reason; each is tried again.", ByReason);
    private readonly Counter _unparsed = factory.CreateCounter("sidecars_collector_unparsed_lines_total", "Lines that were not of their declared format; each is delivered as it is.", ["output", "parser"]);
    private readonly Counter _demoted = factory.CreateCounter("sidecars_collector_parsers_demoted_total", "Regular expressions that took too long over a line and run in the slower engine from then on.", ByOutput);
    private readonly Counter _stepErrors = factory.CreateCounter("sidecars_collector_step_errors_total", "Steps that could not be taken; the line went on as it was.", ["output", "step"]);
    private readonly Counter _compressionFailures = factory.CreateCounter("sidecars_collector_compression_failures_total", "Rotated files that could not be compressed; each is tried again at the next rotation.", ByOutput);
    private readonly Counter _readErrors = factory.CreateCounter("sidecars_collector_read_errors_total", "Reads of a file that failed; each is tried again.", ByOutput);
    private readonly Gauge _files = factory.CreateGauge("sidecars_collector_files", "Open files by state.", ["state"]);
    private readonly Gauge _persistent = factory.CreateGauge("sidecars_collector_state_persistent", "1 when the cursors are kept on disk, 0 when only in memory.");

    private readonly ConcurrentDictionary<string, OutputMetrics> _outputs = new();

    /// <summary>What the files take up.</summary>
    public VolumeMetrics Volume { get; } = new(factory);

    /// <summary>The metrics of an output; the same over changed configurations.</summary>
    public OutputMetrics Of(string output) => _outputs.GetOrAdd(output, static (name, all) => new OutputMetrics(all, name), this);

    public void SetFiles(string state, int count) => _files.WithLabels(state).Set(count);

    public void SetPersistent(bool isPersistent) => _persistent.Set(isPersistent ? 1 : 0);

    /// <summary>The metrics of one output.</summary>
    internal sealed class OutputMetrics(CollectorMetrics all, string output)
    {
        private readonly Counter.Child _readBytes = all._readBytes.WithLabels(output);
        private readonly Counter.Child _readLines = all._readLines.WithLabels(output);
        private readonly Counter.Child _deliveredBytes = all._deliveredBytes.WithLabels(output);
        private readonly Counter.Child _deliveredLines = all._deliveredLines.WithLabels(output);
        private readonly Counter.Child _returnedBytes = all._returnedBytes.WithLabels(output);
        private readonly Counter.Child _returnedLines = all._returnedLines.WithLabels(output);
        private readonly Counter.Child _spilledBytes = all._spilledBytes.WithLabels(output);
        private readonly Gauge.Child _inFlightLines = all._inFlightLines.WithLabels(output);
        private readonly Gauge.Child _lagSeconds = all._lagSeconds.WithLabels(output);
        private readonly Histogram.Child _batchSeconds = all._batchSeconds.WithLabels(output);
        private readonly HashSet<string> _lagging = [];
        private readonly Counter.Child _lost = all._lost.WithLabels(output);
        private readonly Counter.Child _split = all._split.WithLabels(output);
        private readonly Counter.Child _demoted = all._demoted.WithLabels(output);
        private readonly Counter.Child _readErrors = all._readErrors.WithLabels(output);
        private readonly Gauge.Child _inFlight = all._inFlight.WithLabels(output);
        private readonly Gauge.Child _pending = all._pending.WithLabels(output);

        /// <summary>Bytes acknowledged since the process started.</summary>
        public long DeliveredBytes { get; private set; }

        /// <summary>Lines acknowledged since the process started.</summary>
        public long DeliveredLines { get; private set; }

        /// <summary>Bytes dropped since the process started.</summary>
        public long DroppedBytes { get; private set; }

        /// <summary>The last attempt that failed; null when none did.</summary>
        public OutputFailure? LastFailure { get; private set; }

        /// <summary>What became of every byte that was read.</summary>
        public OutputAccount Account => new((long)_readBytes.Value, DeliveredBytes, DroppedBytes, (long)_returnedBytes.Value, (long)_inFlight.Value);

        public void Read(in Batch batch, bool isPiece)
        {
            _readBytes.Inc(batch.Length);
            _readLines.Inc(batch.Lines);
            _inFlight.Inc(batch.Length);
            _inFlightLines.Inc(batch.Lines);
            if (isPiece)
            {
                _split.Inc();
            }
        }

        /// <summary>A batch was acknowledged as a whole, and nothing of it was dropped.</summary>
        public void Delivered(in Batch batch) => Delivered(batch.Length, batch.Lines);

        public void Delivered(long bytes, int lines)
        {
            _inFlight.Dec(bytes);
            _inFlightLines.Dec(lines);
            _deliveredBytes.Inc(bytes);
            _deliveredLines.Inc(lines);
            DeliveredBytes += bytes;
            DeliveredLines += lines;
        }

        public void Dropped(string reason, long bytes, int lines)
        {
            _inFlight.Dec(bytes);
            _inFlightLines.Dec(lines);
            all._droppedBytes.WithLabels(output, reason).Inc(bytes);
            all._droppedLines.WithLabels(output, reason).Inc(lines);
            DroppedBytes += bytes;
        }

        public void Returned(long bytes, int lines)
        {
            _inFlight.Dec(bytes);
            _inFlightLines.Dec(lines);
            _returnedBytes.Inc(bytes);
            _returnedLines.Inc(lines);
        }

        public void Took(TimeSpan time) => _batchSeconds.Observe(time.TotalSeconds);

        public void Spilled(long bytes) => _spilledBytes.Inc(bytes);

        /// <summary>Tells how far behind the output is; files that caught up are not told any more.</summary>
        public void SetLag(IReadOnlyList<FileLag> lags)
        {
            _lagSeconds.Set(lags.Count == 0 ? 0 : lags.Max(lag => lag.Age.TotalSeconds));
            var told = lags.Take(LaneLag.MostFiles).ToArray();
            foreach (var path in _lagging.Except(told.Select(lag => lag.Path)).ToList())
            {
                all._fileLagBytes.RemoveLabelled(output, path);
                all._fileLagSeconds.RemoveLabelled(output, path);
                _lagging.Remove(path);
            }

            foreach (var lag in told)
            {
                all._fileLagBytes.WithLabels(output, lag.Path).Set(lag.Bytes);
                all._fileLagSeconds.WithLabels(output, lag.Path).Set(lag.Age.TotalSeconds);
                _lagging.Add(lag.Path);
            }
        }

        public void Truncated(long bytes) => _lost.Inc(bytes);

        /// <summary>A record got other labels than its own, as there are too many streams.</summary>
        public void LabelsOverflowed() => all._overflowed.WithLabels(output).Inc();

        /// <summary>The receiver took a batch, but left records out.</summary>
        public void RejectedByReceiver(long records) => all._leftOut.WithLabels(output).Inc(records);

        /// <summary>A record was cut off to fit into what the output sends.</summary>
        public void RecordTruncated() => all._truncatedRecords.WithLabels(output).Inc();

        /// <summary>An attempt failed; the last one is kept for people to see.</summary>
        public void Failed(string reason, string detail, DateTimeOffset time)
        {
            all._failures.WithLabels(output, reason).Inc();
            LastFailure = new OutputFailure(detail, time, (LastFailure?.Count ?? 0) + 1);
        }

        public void Unparsed(string parser) => all._unparsed.WithLabels(output, parser).Inc();

        public void ParserDemoted() => _demoted.Inc();

        public void StepFailed(string step) => all._stepErrors.WithLabels(output, step).Inc();

        /// <summary>A rotated file stays uncompressed until the next rotation.</summary>
        public void CompressionFailed() => all._compressionFailures.WithLabels(output).Inc();

        public void ReadFailed() => _readErrors.Inc();

        public void SetPending(long bytes) => _pending.Set(bytes);
    }
}

/// <summary>An attempt to deliver that failed.</summary>
/// <param name="Detail">Why, for people.</param>
/// <param name="Time">When.</param>
/// <param name="Count">How many did since the start of the process, this one included.</param>
internal sealed record OutputFailure(string Detail, DateTimeOffset Time, long Count);

/// <summary>The bytes that an output read, and what became of them.</summary>
internal readonly record struct OutputAccount(long Read, long Delivered, long Dropped, long Returned, long InFlight)
{
    /// <summary>What is not accounted for: 0, except for a moment, while figures are taken of lines under way.</summary>
    public long Difference => Read - Delivered - Dropped - Returned - InFlight;
}
