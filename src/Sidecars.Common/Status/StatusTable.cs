namespace Sidecars.Common.Status;

/// <summary>A column of a table.</summary>
/// <param name="Key">Its name in <c>/status.json</c>, with the unit at its end: <c>size_bytes</c>.</param>
/// <param name="Title">Its heading on the page.</param>
public sealed record StatusColumn(string Key, string Title);

/// <summary>A table of the status page, at one moment.</summary>
/// <param name="columns">Its columns; the first one names the row.</param>
public sealed class StatusTable(params StatusColumn[] columns)
{
    /// <summary>So many rows are shown; the rest is told as a number.</summary>
    public const int MostRows = 100;

    private readonly List<StatusValue[]> _rows = [];

    /// <summary>One sentence for people; null for none.</summary>
    public string? Note { get; init; }

    /// <summary>How many rows there were, shown or not.</summary>
    public int Total { get; private set; }

    internal IReadOnlyList<StatusColumn> Columns => columns;

    internal IReadOnlyList<StatusValue[]> Rows => _rows;

    /// <summary>Adds a row; the most important come first.</summary>
    /// <param name="values">One for each column.</param>
    public void Add(params StatusValue[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, columns.Length);
        Total++;
        if (_rows.Count < MostRows)
        {
            _rows.Add(values);
        }
    }

    /// <summary>Counts rows that were left out.</summary>
    /// <param name="rows">How many more there are.</param>
    public void LeaveOut(int rows) => Total += Math.Max(0, rows);
}
