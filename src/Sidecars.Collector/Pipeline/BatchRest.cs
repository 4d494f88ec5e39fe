using Sidecars.Collector.Outputs;

namespace Sidecars.Collector.Pipeline;

/// <summary>
/// The records of one batch that a receiver did not take as a whole: which were delivered, which it refused, and which selections
/// of them are to be tried next, in the order of the file.
/// </summary>
internal sealed class BatchRest
{
    private readonly Stack<int[]> _next = new();
    private readonly bool[] _isDelivered;
    private readonly Dictionary<int, Refusal> _refused = [];

    public BatchRest(in Batch batch)
    {
        Count = batch.Records;
        _isDelivered = new bool[Count];
        Current = [.. Enumerable.Range(0, Count)];
    }

    /// <summary>How many records the batch has.</summary>
    public int Count { get; }

    /// <summary>The records that are tried.</summary>
    public int[] Current { get; private set; }

    /// <summary>The records that are refused for good, and why.</summary>
    public IReadOnlyDictionary<int, Refusal> Refused => _refused;

    /// <summary>Goes to the next selection; false when every record is settled.</summary>
    public bool MoveNext()
    {
        var hasNext = _next.TryPop(out var next);
        Current = next ?? [];
        return hasNext;
    }

    /// <summary>The current selection was delivered.</summary>
    public void Deliver() => Array.ForEach(Current, record => _isDelivered[record] = true);

    /// <summary>The current selection, one record, is refused.</summary>
    public void Refuse(Delivery delivery) => _refused[Current[0]] = new Refusal(delivery.Failure!, delivery.Detail!);

    /// <summary>The current selection is tried in two halves.</summary>
    public void Split()
    {
        var half = Current.Length / 2;
        _next.Push(Current[half..]);
        _next.Push(Current[..half]);
    }

    /// <summary>The current selection was taken but for some, which are to be tried again, and others, which are refused.</summary>
    public void Sort(Delivery delivery)
    {
        Deliver();
        var again = new List<int>();
        foreach (var verdict in delivery.Records!)
        {
            var record = Current[verdict.Index];
            _isDelivered[record] = false;
            if (verdict.IsRefused)
            {
                _refused[record] = new Refusal(delivery.Failure!, verdict.Detail);
            }
            else
            {
                again.Add(record);
            }
        }

        if (again.Count > 0)
        {
            _next.Push([.. again]);
        }
    }

    /// <summary>Some records that are neither current nor settled, spread over what is left, last one first.</summary>
    public IEnumerable<int> Probes(int most)
    {
        var left = _next.SelectMany(selection => selection).Order().ToArray();
        for (var i = 0; i < Math.Min(most, left.Length); i++)
        {
            yield return left[left.Length - 1 - (int)((long)i * left.Length / Math.Min(most, left.Length))];
        }
    }

    public bool IsDelivered(int record) => _isDelivered[record];

    public bool IsSettled(int record) => _isDelivered[record] || _refused.ContainsKey(record);

    /// <summary>Why a record was refused: a word for the metrics, and the receiver's own words.</summary>
    internal readonly record struct Refusal(string Reason, string Detail);
}
