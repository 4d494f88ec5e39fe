using Confluent.Kafka;

namespace Sidecars.Collector.Outputs.Kafka;

/// <summary>The reports on the records of one batch, which come in on the client's thread in any order, and the verdict on the whole.</summary>
internal sealed class KafkaBatch
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SortedDictionary<int, Error> _failed = [];

    // one for the batch itself, until all of its records are handed over
    private int _awaited = 1;
    private int _count;

    /// <summary>Ends when there is a report on every record.</summary>
    public Task Done => _done.Task;

    /// <summary>Whether the client can do no more and another one is needed.</summary>
    public bool IsFatal { get; private set; }

    /// <summary>One more record is awaited; returns its place.</summary>
    public int Add()
    {
        Interlocked.Increment(ref _awaited);
        return _count++;
    }

    /// <summary>All records are handed over.</summary>
    public void Close() => CountDown();

    /// <summary>The report on a record.</summary>
    public void Report(int index, Error error)
    {
        if (error.IsError)
        {
            lock (_failed)
            {
                _failed[index] = error;
                IsFatal |= error.IsFatal;
            }
        }

        CountDown();
    }

    /// <summary>What became of the batch.</summary>
    public Delivery Verdict()
    {
        lock (_failed)
        {
            if (_failed.Count == 0)
            {
                return Delivery.Acknowledged;
            }

            var first = _failed.Values.First();
            return _failed.Count == _count && !_failed.Values.Any(IsRefusal)
                ? Delivery.Failed(Reason(first), first.Reason)
                : Delivery.Partly(Reason(first), first.Reason, [.. _failed.Select(failed => new RecordVerdict(failed.Key, IsRefusal(failed.Value), failed.Value.Reason))]);
        }
    }

    /// <summary>Whether the cluster will never take the record: it is too large or not as the topic has it.</summary>
    private static bool IsRefusal(Error error) => error.Code is ErrorCode.MsgSizeTooLarge or ErrorCode.InvalidMsgSize or ErrorCode.InvalidRecord;

    private static string Reason(Error error) => error.Code switch
    {
        ErrorCode.MsgSizeTooLarge or ErrorCode.InvalidMsgSize => "too_large",
        ErrorCode.InvalidRecord => "refused",
        ErrorCode.Local_MsgTimedOut or ErrorCode.RequestTimedOut or ErrorCode.Local_TimedOut => "timeout",
        ErrorCode.TopicAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed or ErrorCode.SaslAuthenticationFailed => "auth",
        ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.TopicException => "topic",
        _ => "broker",
    };

    private void CountDown()
    {
        if (Interlocked.Decrement(ref _awaited) == 0)
        {
            _done.SetResult();
        }
    }
}
