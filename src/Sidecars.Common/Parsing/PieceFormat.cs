namespace Sidecars.Common.Parsing;

/// <summary>
/// How a container runtime tells the pieces of a long line: runtimes cut lines at 16 KiB, and pieces of standard output and of standard
/// error may stand between each other.
/// </summary>
public abstract class PieceFormat
{
    private static readonly CriPieces Cri = new();
    private static readonly DockerPieces Docker = new();

    /// <summary>For a parser that knows pieces, by the word that it is known by; null for all others.</summary>
    public static PieceFormat? Of(string word) => word?.Trim() switch
    {
        "cri" => Cri,
        "docker" => Docker,
        _ => null,
    };

    /// <summary>Reads a line without its newline; false when it is not of the format, and so no piece of anything.</summary>
    public abstract bool TryRead(ReadOnlySpan<byte> line, out LinePiece piece);

    /// <summary>Makes the beginning of a line that was joined of pieces, which is that of the first piece, say that it is whole.</summary>
    public virtual void MarkWhole(Span<byte> line, in LinePiece first)
    {
    }

    /// <summary><c>time stream P|F text</c>.</summary>
    private sealed class CriPieces : PieceFormat
    {
        public override bool TryRead(ReadOnlySpan<byte> line, out LinePiece piece)
        {
            piece = default;
            var stream = line.IndexOf((byte)' ') + 1;
            if (stream < 20 || line.Length < stream + 8 || line[stream + 6] != ' ')
            {
                return false;
            }

            var name = line.Slice(stream, 6);
            var tag = stream + 7;
            var tags = line[tag..];
            var end = tags.IndexOf((byte)' ');
            tags = end < 0 ? tags : tags[..end];
            if (!CriLine.IsTag(tags) || !(name.SequenceEqual("stdout"u8) || name.SequenceEqual("stderr"u8)))
            {
                return false;
            }

            piece = new LinePiece(end < 0 ? line.Length : tag + end + 1, line.Length, tags[0] == 'P', name[3] == 'e');
            return true;
        }

        public override void MarkWhole(Span<byte> line, in LinePiece first) => line[line.IndexOf((byte)' ') + 8] = (byte)'F';
    }

    /// <summary><c>{"log":"text\n","stream":"stdout",...}</c>; what the driver writes begins with the text.</summary>
    private sealed class DockerPieces : PieceFormat
    {
        public override bool TryRead(ReadOnlySpan<byte> line, out LinePiece piece)
        {
            piece = default;
            var start = "{\"log\":\""u8.Length;
            var at = start - 1;
            if (!line.StartsWith("{\"log\":\""u8) || !JsonText.TrySkipString(line, ref at, out _))
            {
                return false;
            }

            var rest = line[at..];
            if (!rest.StartsWith(",\"stream\":\"std"u8))
            {
                return false;
            }

            piece = new LinePiece(start, at - 1, !EndsWithLineFeed(line[start..(at - 1)]), rest[",\"stream\":\"std"u8.Length..].StartsWith("err"u8));
            return true;
        }

        /// <summary>An n behind a backslash that is not itself escaped.</summary>
        private static bool EndsWithLineFeed(ReadOnlySpan<byte> text)
        {
            if (!text.EndsWith("\\n"u8))
            {
                return false;
            }

            var others = text[..^1].LastIndexOfAnyExcept((byte)'\\') + 1;
            return (text.Length - 1 - others) % 2 == 1;
        }
    }
}

/// <summary>A line that is, or may be, a piece of one that an application wrote.</summary>
/// <param name="TextStart">Where the application's text begins in it.</param>
/// <param name="TextEnd">Where the text ends.</param>
/// <param name="IsPartial">Whether more of the text follows on the same stream.</param>
/// <param name="IsError">Whether the stream is standard error.</param>
public readonly record struct LinePiece(int TextStart, int TextEnd, bool IsPartial, bool IsError);
