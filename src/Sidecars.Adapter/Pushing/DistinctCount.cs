using System.Numerics;

namespace Sidecars.Adapter.Pushing;

/// <summary>How many different values there were: exactly up to a small number, then estimated (HyperLogLog, standard error 2.3 %) in 2 KiB.</summary>
internal sealed class DistinctCount
{
    private const int Exact = 128;
    private const int Registers = 2048;
    private const int Bits = 11;

    private HashSet<ulong>? _seen = [];
    private byte[] _registers = [];

    public void Add(ReadOnlySpan<byte> value)
    {
        var hash = System.IO.Hashing.XxHash64.HashToUInt64(value);
        if (_seen is null)
        {
            Note(hash);
            return;
        }

        if (_seen.Add(hash) && _seen.Count > Exact)
        {
            _registers = new byte[Registers];
            foreach (var seen in _seen)
            {
                Note(seen);
            }

            _seen = null;
        }
    }

    public double Estimate()
    {
        if (_seen is not null)
        {
            return _seen.Count;
        }

        var sum = 0.0;
        var empty = 0;
        foreach (var register in _registers)
        {
            sum += Math.ScaleB(1, -register);
            empty += register == 0 ? 1 : 0;
        }

        var estimate = .7213 / (1 + (1.079 / Registers)) * Registers * Registers / sum;
        return Math.Round(estimate <= 2.5 * Registers && empty > 0 ? Registers * Math.Log((double)Registers / empty) : estimate);
    }

    private void Note(ulong hash)
    {
        var register = (int)(hash & (Registers - 1));
        var rank = (byte)(BitOperations.TrailingZeroCount((hash >> Bits) | (1UL << (63 - Bits))) + 1);
        _registers[register] = Math.Max(_registers[register], rank);
    }
}
