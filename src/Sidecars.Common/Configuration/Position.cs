namespace Sidecars.Common.Configuration;

/// <summary>Where a configuration value was written: a place in a file, an environment variable or a flag.</summary>
/// <param name="Source">The file as it was named, or for example <c>environment variable COLLECTOR_PATHS</c>.</param>
/// <param name="Line">Line in the file, from 1; 0 where the source is not a file.</param>
/// <param name="Column">Column in the file, from 1; 0 where the source is not a file.</param>
public readonly record struct Position(string Source, int Line = 0, int Column = 0)
{
    /// <summary><c>file:line:column</c>, or the source alone where it has no lines.</summary>
    public override string ToString() => Line == 0 ? Source : $"{Source}:{Line}:{Column}";
}
