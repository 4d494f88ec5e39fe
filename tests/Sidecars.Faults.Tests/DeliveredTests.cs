using System.Text;

namespace Sidecars.Faults.Tests;

/// <summary>The comparison itself: a suite that cannot fail shows nothing.</summary>
public sealed class DeliveredTests
{
    private static readonly FileKey Key = new(3, 12);
    private static readonly int[] Lengths = [48, 100, 300, 77];

    private readonly WrittenFiles _written = new();
    private readonly WrittenFile _file;
    private readonly Delivered _delivered;
    private readonly string[] _lines;

    public DeliveredTests()
    {
        _file = _written.Begin(Key);
        _delivered = new Delivered(_written);
        _lines = [.. Lengths.Select(Line)];
    }

    [Fact]
    public void Every_line_once_in_order_is_complete()
    {
        Take(_lines);
        Assert.True(_delivered.IsComplete);
        Assert.Empty(_delivered.Problems);
        Assert.Equal((525, 0, 0), (_delivered.Bytes, _delivered.RepeatedBytes, _delivered.MissingLines));
    }

    [Fact]
    public void Lost_last_lines_are_missing()
    {
        Take(_lines[..2]);
        Assert.False(_delivered.IsComplete);
        Assert.Equal(2, _delivered.MissingLines);
    }

    [Fact]
    public void Lost_line_in_the_middle_is_a_gap()
    {
        Take(_lines[0], _lines[2]);
        Assert.Contains("delivered up to 48, then came 148", Assert.Single(_delivered.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_out_of_order_are_a_gap()
    {
        Take(_lines[0], _lines[2], _lines[1], _lines[3]);
        Assert.Single(_delivered.Problems);
    }

    [Fact]
    public void Repeated_lines_are_counted_in_bytes()
    {
        Take(_lines[0], _lines[1], _lines[0], _lines[1], _lines[2], _lines[3]);
        Assert.Empty(_delivered.Problems);
        Assert.Equal((525, 148), (_delivered.Bytes, _delivered.RepeatedBytes));
    }

    [Fact]
    public void Pieces_of_a_line_are_as_good_as_the_line()
    {
        Take(_lines[0], _lines[1], _lines[2][..113], _lines[2][113..280], _lines[2][280..], _lines[3]);
        Assert.True(_delivered.IsComplete);
        Assert.Empty(_delivered.Problems);
    }

    [Fact]
    public void Lost_piece_is_a_gap()
    {
        Take(_lines[0], _lines[1], _lines[2][..100], _lines[2][200..]);
        Assert.Single(_delivered.Problems);
    }

    [Fact]
    public void Changed_byte_and_foreign_bytes_are_told()
    {
        Take(_lines[0][..40] + "x" + _lines[0][41..], new string('\0', 60));
        Assert.Equal(2, _delivered.Problems.Count);
    }

    [Fact]
    public void Two_lines_in_one_are_told()
    {
        Take(_lines[0] + _lines[1]);
        Assert.Single(_delivered.Problems);
    }

    [Fact]
    public void Lines_of_a_truncated_file_may_be_missing_at_its_end_only()
    {
        _file.IsTruncated = true;
        Take(_lines[0]);
        Assert.True(_delivered.IsComplete);
        Assert.Equal(0, _delivered.MissingLines);
        Take(_lines[3]);
        Assert.Single(_delivered.Problems);
    }

    private string Line(int length)
    {
        var text = new byte[length];
        LineText.Fill(text, Key, _file.Add(length), 0);
        return Encoding.ASCII.GetString(text);
    }

    private void Take(params string[] lines) => _delivered.AddLines(Encoding.ASCII.GetBytes(string.Join('\n', lines) + "\n"));
}
