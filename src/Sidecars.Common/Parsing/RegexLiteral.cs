using System.Text;

namespace Sidecars.Common.Parsing;

/// <summary>
/// Finds text that every match of a pattern must hold, so that lines without it need no regular expression. Where the pattern cannot be
/// judged for certain, there is none: it may miss a gate and must never invent one.
/// </summary>
internal static class RegexLiteral
{
    /// <summary>The longest such text in UTF-8; empty when there is none for certain.</summary>
    public static byte[] Find(string pattern)
    {
        // options change what everything means, alternatives make everything optional
        if (pattern.Contains("(?", StringComparison.Ordinal) && HasOptions(pattern))
        {
            return [];
        }

        var reader = new Reader(pattern);
        reader.ReadSequence(0);
        return reader.IsSure ? Encoding.UTF8.GetBytes(reader.Longest) : [];
    }

    private static bool HasOptions(string pattern)
    {
        for (var at = pattern.IndexOf("(?", StringComparison.Ordinal); at >= 0; at = pattern.IndexOf("(?", at + 2, StringComparison.Ordinal))
        {
            if (at + 2 >= pattern.Length || pattern[at + 2] is not (':' or '<' or '\'' or '=' or '!' or '>'))
            {
                return true;
            }
        }

        return false;
    }

    private sealed class Reader(string pattern)
    {
        private readonly string _pattern = pattern;
        private readonly StringBuilder _run = new();
        private int _at;

        public string Longest { get; private set; } = "";

        public bool IsSure { get; private set; } = true;

        /// <summary>Reads up to the end or the parenthesis that closes it; its literals count only when nothing makes them optional.</summary>
        public void ReadSequence(int depth)
        {
            var before = Longest;
            EndRun();
            var hasAlternatives = false;
            while (_at < _pattern.Length && IsSure && (_pattern[_at] != ')' || depth == 0))
            {
                hasAlternatives |= _pattern[_at] == '|';
                ReadPart(depth);
            }

            EndRun();
            if (hasAlternatives)
            {
                Longest = before;
            }
        }

        private void ReadPart(int depth)
        {
            switch (_pattern[_at])
            {
                case '(':
                    ReadGroup(depth);
                    break;
                case '[':
                    ReadClass();
                    ReadQuantifier();
                    break;
                case '\\':
                    ReadEscape();
                    break;
                case '.':
                case '^':
                case '$':
                case '|':
                    _at++;
                    EndRun();
                    ReadQuantifier();
                    break;
                default:
                    ReadLiteral(_pattern[_at++]);
                    break;
            }
        }

        private void ReadGroup(int depth)
        {
            EndRun();
            _at++;
            var counts = true;
            if (Starts("?"))
            {
                // what a look-around sees is not in the match, or must not be
                counts = !Starts("?=") && !Starts("?!") && !Starts("?<=") && !Starts("?<!");
                _at++;
                SkipGroupName();
            }

            var before = Longest;
            ReadSequence(depth + 1);
            if (_at == _pattern.Length)
            {
                IsSure = false;
                return;
            }

            _at++;
            if (ReadQuantifier() || !counts)
            {
                Longest = before;
            }
        }

        private void SkipGroupName()
        {
            var opens = _at < _pattern.Length ? _pattern[_at] : default;
            if (opens is '<' or '\'' && !Starts("<=") && !Starts("<!"))
            {
                var end = _pattern.IndexOf(opens == '<' ? '>' : '\'', _at + 1);
                IsSure = end > 0;
                _at = end > 0 ? end + 1 : _pattern.Length;
            }
            else
            {
                _at += opens == '<' ? 2 : 1;
            }
        }

        private void ReadClass()
        {
            EndRun();
            _at++;
            _at += Starts("^") ? 1 : 0;
            _at += Starts("]") ? 1 : 0;
            while (_at < _pattern.Length && _pattern[_at] != ']')
            {
                // a class within a class (subtraction) is left to the engine
                IsSure &= _pattern[_at] != '[';
                _at += _pattern[_at] == '\\' ? 2 : 1;
            }

            _at++;
            IsSure &= _at <= _pattern.Length;
        }

        private void ReadEscape()
        {
            var escaped = _at + 1 < _pattern.Length ? _pattern[_at + 1] : default;
            _at += 2;
            if (escaped != default && !char.IsLetterOrDigit(escaped) && escaped != '_')
            {
                ReadLiteral(escaped);
                return;
            }

            EndRun();
            if (escaped is 'd' or 'D' or 'w' or 'W' or 's' or 'S' or 'b' or 'B' or 'A' or 'z' or 'Z' or 't' or 'n' or 'r')
            {
                ReadQuantifier();
            }
            else
            {
                // \x41, \p{L}, \k<name> and the like have arguments
                IsSure = false;
            }
        }

        private void ReadLiteral(char literal)
        {
            if (char.IsSurrogate(literal))
            {
                IsSure = false;
                return;
            }

            var start = _at;
            var isOptional = ReadQuantifier();
            if (_at == start)
            {
                _run.Append(literal);
                return;
            }

            if (!isOptional)
            {
                _run.Append(literal);
            }

            EndRun();
        }

        /// <summary>Passes over a quantifier; whether it allows nothing at all.</summary>
        private bool ReadQuantifier()
        {
            if (_at == _pattern.Length)
            {
                return false;
            }

            var optional = _pattern[_at] is '?' or '*';
            if (_pattern[_at] == '{')
            {
                // {2} or {0,3}; a brace that is no quantifier is a literal, and then nothing is lost by ending the run
                var end = _pattern.IndexOf('}', _at);
                optional = true;
                EndRunAt(end);
                return optional;
            }

            if (optional || _pattern[_at] == '+')
            {
                _at++;
                _at += Starts("?") ? 1 : 0;
            }

            return optional;
        }

        private void EndRunAt(int end)
        {
            IsSure &= end > 0;
            _at = end > 0 ? end + 1 : _pattern.Length;
            _at += Starts("?") ? 1 : 0;
        }

        private void EndRun()
        {
            if (_run.Length > Longest.Length)
            {
                Longest = _run.ToString();
            }

            _run.Clear();
        }

        private bool Starts(string text) => string.CompareOrdinal(_pattern, _at, text, 0, text.Length) == 0;
    }
}
