using Sidecars.Collector.Records;

namespace Sidecars.Collector.Tests.Records;

public sealed class PlainTextTests
{
    /// <summary>Every byte at every place of every length that takes another way through the code.</summary>
    [Fact]
    public void Says_of_every_byte_at_every_place_whether_it_is_plain_and_copies_what_is()
    {
        var wrong = new List<(int Length, int Place, int Value)>();
        for (var length = 0; length <= 50; length++)
        {
            for (var place = 0; place < length; place++)
            {
                for (var value = 0; value <= byte.MaxValue; value++)
                {
                    if (!IsRight(length, place, (byte)value))
                    {
                        wrong.Add((length, place, value));
                    }
                }
            }
        }

        Assert.Empty(wrong);
        Assert.True(PlainText.TryCopy([], []));
    }

    private static bool IsRight(int length, int place, byte value)
    {
        var text = new byte[length];
        text.AsSpan().Fill((byte)'x');
        text[place] = value;
        var copy = new byte[length + 1];
        copy[length] = 7;
        var isPlain = PlainText.TryCopy(text, copy);
        return isPlain == (value is >= 0x20 and < 0x80 and not ((byte)'"' or (byte)'\\'))
            && (!isPlain || text.AsSpan().SequenceEqual(copy.AsSpan(0, length)))
            && copy[length] == 7;
    }
}
