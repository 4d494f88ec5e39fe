using System.Globalization;
using System.Xml;
using System.Xml.XPath;

namespace Sidecars.Adapter.Extraction;

/// <summary>Rows are the nodes that an XPath selects; fields are XPaths from there (<c>@name</c>, <c>stats/depth</c>, <c>count(job)</c>). A page that declares a document type is refused: nothing is expanded or fetched.</summary>
internal sealed class XmlExtractor(XPathExpression rows) : DocumentExtractor
{
    private static readonly XmlReaderSettings Settings = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };

    private readonly List<XPathExpression> _paths = [];

    public override string? Read(ReadOnlyMemory<byte> page, Action<Row> each)
    {
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(page.ToArray()), Settings);
            var row = new Row(Fields.Count);
            foreach (XPathNavigator node in new XPathDocument(reader).CreateNavigator().Select(rows))
            {
                row.Clear();
                for (var i = 0; i < Fields.Count; i++)
                {
                    if (Text(node.Evaluate(_paths[i])) is { } text)
                    {
                        row.Set(i, text.Trim());
                    }
                }

                each(row);
            }

            return null;
        }
        catch (Exception e) when (e is XmlException or XPathException)
        {
            return $"no XML: {e.Message}";
        }
    }

    /// <summary>Compiles an XPath; null when it is none.</summary>
    public static XPathExpression? Compile(string path)
    {
        try
        {
            return XPathExpression.Compile(path);
        }
        catch (XPathException)
        {
            return null;
        }
    }

    protected override bool Knows(string field)
    {
        if (Compile(field) is not { } path)
        {
            return false;
        }

        _paths.Add(path);
        return true;
    }

    private static string? Text(object value) => value switch
    {
        XPathNodeIterator nodes => nodes.MoveNext() ? nodes.Current?.Value : null,
        double number => number.ToString(CultureInfo.InvariantCulture),
        bool truth => truth ? "1" : "0",
        _ => value as string,
    };
}
