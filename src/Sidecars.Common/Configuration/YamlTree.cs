using SharpYaml;
using SharpYaml.Events;

namespace Sidecars.Common.Configuration;

/// <summary>Reads YAML into a tree whose every node knows its line and column.</summary>
internal sealed class YamlTree
{
    private readonly string _source;
    private readonly EventReader _events;
    private readonly Dictionary<string, ConfigNode> _anchors = [];

    private YamlTree(string source, string text)
    {
        _source = source;
        _events = new EventReader(Parser.CreateParser(new StringReader(text)));
    }

    /// <summary>The tree, or the mistake that makes the text no YAML. A file with no content is an empty mapping.</summary>
    public static (ConfigNode Root, Problem? Problem) Parse(string source, string text)
    {
        var top = new Position(source, 1, 1);
        try
        {
            return (new YamlTree(source, text).ReadStream(top), null);
        }
        catch (YamlException e)
        {
            return (new ConfigMapping(top), new Problem(At(source, e.Start), "", $"this is not YAML: {(IsTab(text, e.Start) ? "a tab; indent with blanks" : Reason(e))}"));
        }
    }

    private ConfigNode ReadStream(Position top)
    {
        _events.Expect<StreamStart>();
        if (_events.Accept<StreamEnd>())
        {
            return new ConfigMapping(top);
        }

        _events.Expect<DocumentStart>();
        var root = ReadNode();
        _events.Expect<DocumentEnd>();
        if (_events.Peek<DocumentStart>() is { } second)
        {
            throw new YamlException(second.Start, second.End, "a second document starts here; a configuration is one document");
        }

        return root is ConfigScalar { IsNull: true } ? new ConfigMapping(top) : root;
    }

    private ConfigNode ReadNode()
    {
        switch (_events.Parser.Current)
        {
            case Scalar:
                var scalar = _events.Expect<Scalar>();
                return Remember(scalar, new ConfigScalar(At(_source, scalar.Start), scalar.Value, scalar.Style == ScalarStyle.Plain));
            case AnchorAlias:
                var alias = _events.Expect<AnchorAlias>();
                return _anchors.TryGetValue(alias.Value, out var target)
                    ? target
                    : throw new YamlException(alias.Start, alias.End, $"the anchor '{alias.Value}' is not defined above this line");
            case SequenceStart:
                return ReadSequence();
            case MappingStart:
                return ReadMapping();
            case var other:
                throw new YamlException(other!.Start, other.End, "a value is expected here");
        }
    }

    private ConfigSequence ReadSequence()
    {
        var start = _events.Expect<SequenceStart>();
        var sequence = new ConfigSequence(At(_source, start.Start));
        while (!_events.Accept<SequenceEnd>())
        {
            sequence.Items.Add(ReadNode());
        }

        _events.Expect<SequenceEnd>();
        return Remember(start, sequence);
    }

    private ConfigMapping ReadMapping()
    {
        var start = _events.Expect<MappingStart>();
        var mapping = new ConfigMapping(At(_source, start.Start));
        while (!_events.Accept<MappingEnd>())
        {
            if (_events.Peek<Scalar>() is not { } key)
            {
                var found = _events.Parser.Current!;
                throw new YamlException(found.Start, found.End, "a key must be a plain text");
            }

            _events.Expect<Scalar>();
            if (mapping[key.Value] is { } first)
            {
                throw new YamlException(key.Start, key.End, $"the key '{key.Value}' stands here a second time; the first is on line {first.Position.Line}");
            }

            mapping.Entries.Add((key.Value, At(_source, key.Start), ReadNode()));
        }

        _events.Expect<MappingEnd>();
        return Remember(start, mapping);
    }

    private T Remember<T>(NodeEvent node, T value)
        where T : ConfigNode
    {
        if (node.Anchor is { Length: > 0 } anchor)
        {
            _anchors[anchor] = value;
        }

        return value;
    }

    private static Position At(string source, Mark mark) => new(source, mark.Line + 1, mark.Column + 1);

    private static bool IsTab(string text, Mark mark) => mark.Index < text.Length && text[mark.Index] == '\t';

    // SharpYaml puts the marks before the text: "(Line: 3, Col: 1, Idx: 20) - (Line: ...): While parsing ...".
    private static string Reason(YamlException e)
    {
        var end = e.Message.LastIndexOf("): ", StringComparison.Ordinal);
        return end < 0 ? e.Message : e.Message[(end + 3)..];
    }
}
