using System.Text;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace Sidecars.Collector.Shaping;

/// <summary>What a regular expression matches. The engine takes time in proportion to the text.</summary>
internal sealed class RegexRedactor(Regex regex) : Redactor
{
    private char[] _text = new char[1024];

    public override int Find(ReadOnlySpan<byte> text, int from, out int length)
    {
        // where the bytes are no UTF-8, each is a character
        var encoding = Utf8.IsValid(text) ? Encoding.UTF8 : Encoding.Latin1;
        if (_text.Length < text.Length)
        {
            _text = new char[text.Length];
        }

        var characters = _text.AsSpan(0, encoding.GetChars(text, _text));
        foreach (var match in regex.EnumerateMatches(characters, encoding.GetCharCount(text[..from])))
        {
            if (match.Length > 0)
            {
                length = encoding.GetByteCount(characters.Slice(match.Index, match.Length));
                return encoding.GetByteCount(characters[..match.Index]);
            }
        }

        length = 0;
        return -1;
    }
}
