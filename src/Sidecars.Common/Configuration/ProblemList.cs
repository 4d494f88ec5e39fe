namespace Sidecars.Common.Configuration;

/// <summary>Collects every mistake of a configuration, so that all are reported in one go.</summary>
public sealed class ProblemList
{
    private readonly ConfigNode _root;
    private readonly List<Problem> _problems = [];

    internal ProblemList(ConfigNode root) => _root = root;

    /// <summary>A list about values that no file holds, for tests of a validator.</summary>
    /// <param name="source">What stands in the place of the file name.</param>
    public ProblemList(string source = "options") => _root = new ConfigMapping(new Position(source));

    /// <summary>The mistakes found, in the order of their places.</summary>
    public IReadOnlyList<Problem> Problems =>
        [.. _problems.OrderBy(p => p.Position.Line).ThenBy(p => p.Position.Column)];

    /// <summary>Whether nothing is wrong.</summary>
    public bool IsEmpty => _problems.Count == 0;

    /// <summary>Adds a mistake at a key; its place in the file is found from the path.</summary>
    /// <param name="keyPath">For example <c>services[0].listen</c>; where the file does not hold the key, the nearest key above it is pointed at.</param>
    /// <param name="message">What is wrong; then what is allowed or how to mend it.</param>
    public void Add(string keyPath, string message) => Add(_root.FindNearest(keyPath).Position, keyPath, message);

    /// <summary>Takes over what is said of other keys: what follows from a mistake that is told already would only confuse.</summary>
    internal void AddUnrelated(ProblemList others) => _problems.AddRange(
        others._problems.Where(o => !_problems.Exists(p => Covers(p.KeyPath, o.KeyPath) || Covers(o.KeyPath, p.KeyPath))).ToList());

    private static bool Covers(string path, string other) =>
        other.StartsWith(path, StringComparison.Ordinal) && (path.Length == 0 || other.Length == path.Length || other[path.Length] is '.' or '[');

    internal void Add(Position position, string keyPath, string message) => _problems.Add(new Problem(position, keyPath, message));
}
