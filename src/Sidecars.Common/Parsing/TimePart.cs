namespace Sidecars.Common.Parsing;

/// <summary>What stands at a place of a timestamp. Those before <see cref="MonthName"/> are numbers.</summary>
internal enum TimePart
{
    Year,
    ShortYear,
    Month,
    Day,
    Hour,
    Hour12,
    Minute,
    Second,
    MonthName,
    WeekdayName,
    AmPm,
    Fraction,
    Offset,
    Literal,
}

/// <summary>One place of a timestamp.</summary>
/// <param name="Part">What stands there.</param>
/// <param name="Literal">The byte, for a literal; a T also stands for a blank and the other way round when it is optional.</param>
/// <param name="IsOptional">Whether it may be absent: a fraction with the point or comma before it, an offset with the blank before it.</param>
internal readonly record struct TimeElement(TimePart Part, byte Literal = 0, bool IsOptional = false);
