using System.Buffers.Text;

namespace Sidecars.Common.Parsing;

/// <summary>Reads one timestamp, element by element, and puts together what was read.</summary>
internal ref struct TimestampScan(ReadOnlySpan<byte> text)
{
    private const int Numbers = (int)TimePart.Second + 1;
    private static readonly int[] MostDigits = [4, 2, 2, 2, 2, 2, 2, 2];
    private static readonly byte[] Months = "janfebmaraprmayjunjulaugsepoctnovdec"u8.ToArray();

    private readonly ReadOnlySpan<byte> _text = text;
    private NumberArray _numbers;
    private int _seen;
    private int _at;
    private long _fractionTicks;
    private int _offsetMinutes;
    private bool _hasOffset;
    private bool _isPm;

    /// <summary>Reads all elements; the text must end with the last.</summary>
    public bool TryRead(ReadOnlySpan<TimeElement> elements)
    {
        foreach (var element in elements)
        {
            if (!TryRead(element))
            {
                return false;
            }
        }

        return _at == _text.Length;
    }

    /// <summary>The moment in UTC; a year or a date that the text does not have is the last that is not in the future.</summary>
    public readonly bool TryGetUtc(DateTime now, TimeZoneInfo zone, out DateTime utc)
    {
        if (HasYear)
        {
            return TryGetUtc(Has(TimePart.Year) ? _numbers[0] : 2000 + _numbers[1], Month, Day, zone, out utc);
        }

        // clocks differ: what is less than a day ahead is not of last year
        var latest = now.AddDays(1);
        if (!Has(TimePart.Month))
        {
            return TryGetUtc(now.Year, now.Month, now.Day, zone, out utc) && TryStepBack(now.AddHours(1), ref utc);
        }

        for (var year = latest.Year; year > latest.Year - 9 && year > 0; year--)
        {
            if (TryGetUtc(year, Month, Day, zone, out utc) && utc <= latest)
            {
                return true;
            }
        }

        utc = default;
        return false;
    }

    /// <summary>Whether the text says the year, so that the moment does not depend on the present.</summary>
    public readonly bool HasYear => Has(TimePart.Year) || Has(TimePart.ShortYear);

    private readonly int Month => Has(TimePart.Month) ? _numbers[(int)TimePart.Month] : 1;

    private readonly int Day => Has(TimePart.Day) ? _numbers[(int)TimePart.Day] : 1;

    private readonly int Hour =>
        Has(TimePart.Hour12) ? (_numbers[(int)TimePart.Hour12] % 12) + (_isPm ? 12 : 0) : _numbers[(int)TimePart.Hour];

    private readonly bool Has(TimePart part) => (_seen & (1 << (int)part)) != 0;

    private static bool IsDate(int year, int month, int day) =>
        year is >= 1 and <= 9999 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month);

    private static bool TryStepBack(DateTime latest, ref DateTime utc)
    {
        utc = utc > latest && utc.Ticks > TimeSpan.TicksPerDay ? utc.AddDays(-1) : utc;
        return true;
    }

    private readonly bool TryGetUtc(int year, int month, int day, TimeZoneInfo zone, out DateTime utc)
    {
        utc = default;
        var (hour, minute, second) = (Hour, _numbers[(int)TimePart.Minute], _numbers[(int)TimePart.Second]);
        if (!IsDate(year, month, day) || hour > 23 || minute > 59 || second > 60)
        {
            return false;
        }

        // 60 is a leap second: the first of the next minute here
        var local = new DateTime(year, month, day, hour, minute, 0, DateTimeKind.Unspecified);
        var ticks = local.Ticks + (second * TimeSpan.TicksPerSecond) + _fractionTicks
            - (_hasOffset ? _offsetMinutes * TimeSpan.TicksPerMinute : zone.GetUtcOffset(local).Ticks);
        if (ticks < 0 || ticks > DateTime.MaxValue.Ticks)
        {
            return false;
        }

        utc = new DateTime(ticks, DateTimeKind.Utc);
        return true;
    }

    private bool TryRead(TimeElement element) => element.Part switch
    {
        < TimePart.MonthName => TryReadNumber(element.Part),
        TimePart.MonthName => TryReadMonth(),
        TimePart.WeekdayName => SkipLetters() >= 3,
        TimePart.AmPm => TryReadAmPm(),
        TimePart.Fraction => TryReadFraction(element.IsOptional),
        TimePart.Offset => TryReadOffset(element.IsOptional),
        _ => TryReadLiteral(element),
    };

    private bool TryReadLiteral(TimeElement element)
    {
        if (_at == _text.Length)
        {
            return false;
        }

        var read = _text[_at++];
        return read == element.Literal || (element.IsOptional && read is (byte)'T' or (byte)' ' or (byte)'t');
    }

    private bool TryReadNumber(TimePart part)
    {
        // %e pads a day with a blank
        if (part is TimePart.Day or TimePart.Hour or TimePart.Hour12 && _at < _text.Length && _text[_at] == ' ')
        {
            _at++;
        }

        var start = _at;
        var value = 0;
        while (_at < _text.Length && _at - start < MostDigits[(int)part] && (uint)(_text[_at] - '0') <= 9)
        {
            value = (value * 10) + _text[_at++] - '0';
        }

        _numbers[(int)part] = value;
        _seen |= 1 << (int)part;
        return _at > start && (part != TimePart.Year || _at - start == 4);
    }

    private bool TryReadMonth()
    {
        var start = _at;
        if (SkipLetters() < 3)
        {
            return false;
        }

        for (var month = 0; month < 12; month++)
        {
            var name = Months.AsSpan(3 * month, 3);
            if ((_text[start] | 0x20) == name[0] && (_text[start + 1] | 0x20) == name[1] && (_text[start + 2] | 0x20) == name[2])
            {
                _numbers[(int)TimePart.Month] = month + 1;
                _seen |= 1 << (int)TimePart.Month;
                return true;
            }
        }

        return false;
    }

    private bool TryReadAmPm()
    {
        if (_at + 2 > _text.Length || (_text[_at + 1] | 0x20) != 'm')
        {
            return false;
        }

        var first = _text[_at] | 0x20;
        _isPm = first == 'p';
        _at += 2;
        return first is 'a' or 'p';
    }

    private bool TryReadFraction(bool isOptional)
    {
        if (isOptional)
        {
            if (_at == _text.Length || _text[_at] is not ((byte)'.' or (byte)','))
            {
                return true;
            }

            _at++;
        }

        var start = _at;
        var unit = TimeSpan.TicksPerSecond;
        for (; _at < _text.Length && (uint)(_text[_at] - '0') <= 9; _at++)
        {
            unit /= 10;
            _fractionTicks += unit * (_text[_at] - '0');
        }

        return _at > start;
    }

    private bool TryReadOffset(bool isOptional)
    {
        if (isOptional && _at < _text.Length && _text[_at] == ' ')
        {
            _at++;
        }

        if (_at == _text.Length)
        {
            return isOptional;
        }

        return _text[_at] is (byte)'+' or (byte)'-' ? TryReadHoursAndMinutes() : TryReadZoneName();
    }

    private bool TryReadHoursAndMinutes()
    {
        var sign = _text[_at++] == '-' ? -1 : 1;
        if (!TryReadTwoDigits(out var hours) || hours > 18)
        {
            return false;
        }

        var hasColon = _at < _text.Length && _text[_at] == ':';
        _at += hasColon ? 1 : 0;
        var hasMinutes = hasColon || (_at < _text.Length && (uint)(_text[_at] - '0') <= 9);
        var minutes = 0;
        if (hasMinutes && (!TryReadTwoDigits(out minutes) || minutes > 59))
        {
            return false;
        }

        _hasOffset = true;
        _offsetMinutes = sign * ((60 * hours) + minutes);
        return true;
    }

    /// <summary>Z, UTC and GMT say the offset; other abbreviations are not unique, so the configured zone holds.</summary>
    private bool TryReadZoneName()
    {
        var start = _at;
        var length = SkipLetters();
        var name = _text.Slice(start, length);
        _hasOffset = name.SequenceEqual("Z"u8) || name.SequenceEqual("z"u8) || name.SequenceEqual("UTC"u8) || name.SequenceEqual("GMT"u8);
        return _hasOffset || length is >= 3 and <= 5;
    }

    private bool TryReadTwoDigits(out int value)
    {
        value = 0;
        if (_at + 2 > _text.Length || !Utf8Parser.TryParse(_text.Slice(_at, 2), out byte number, out var read) || read != 2)
        {
            return false;
        }

        value = number;
        _at += 2;
        return true;
    }

    private int SkipLetters()
    {
        var start = _at;
        while (_at < _text.Length && char.IsAsciiLetter((char)_text[_at]))
        {
            _at++;
        }

        return _at - start;
    }

    [System.Runtime.CompilerServices.InlineArray(Numbers)]
    private struct NumberArray
    {
        private int _first;
    }
}
