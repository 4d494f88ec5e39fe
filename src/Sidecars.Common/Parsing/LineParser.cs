namespace Sidecars.Common.Parsing;

/// <summary>
/// Takes a line apart. A parser may keep state that it reuses (never state that a line leaves to the next), so each consumer has one
/// of its own.
/// </summary>
public abstract class LineParser
{
    /// <summary>The word that the configuration knows it by, such as <c>json</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The format that it takes lines for: its name, or what it has come to recognise in them (<c>auto</c>).</summary>
    public virtual string Format => Name;

    /// <summary>The names of the fields a line can have, where the format says so beforehand; empty where only the lines say.</summary>
    public virtual IReadOnlyList<string> Fields => [];

    /// <summary>The format that a parser that learns has settled on for good; null as long as it learns, and where there is nothing to learn.</summary>
    public virtual string? Recognised => null;

    /// <summary>After a line was taken: the parser within (its name) that did not take its part of it; null when all was taken.</summary>
    public virtual string? Missed => null;

    /// <summary>The parser for one more file: itself, unless it learns from a file what to do.</summary>
    public virtual LineParser ForFile() => this;

    /// <summary>
    /// Adds the line's fields; the line is without its terminator. False when it is not of this format: then the fields added so far
    /// mean nothing, and the line is to be passed on as it is.
    /// </summary>
    public abstract bool TryParse(ArraySegment<byte> line, FieldSet fields);

    /// <summary>Says in words why a line did not match, and where; for people, so it may be slow.</summary>
    public abstract string Explain(ArraySegment<byte> line);
}
