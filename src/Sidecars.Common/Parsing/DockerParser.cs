namespace Sidecars.Common.Parsing;

/// <summary>
/// Lines as Docker's json-file driver writes them: <c>{"log":"text\n","stream":"stdout","time":"..."}</c>. The text becomes
/// <c>message</c> without its line feed; without one it is a piece of a line and has <c>partial</c>.
/// </summary>
internal sealed class DockerParser : LineParser
{
    private static readonly FieldName Log = FieldName.Of("log");
    private readonly JsonParser _json = new(flatten: false);

    public override string Name => "docker";

    public override bool TryParse(ArraySegment<byte> line, FieldSet fields)
    {
        if (!_json.TryParse(line, fields))
        {
            return false;
        }

        var log = fields.IndexOf(Log);
        if (log < 0 || fields[log].Kind != FieldKind.Text || fields.IndexOf(CommonFields.Stream) < 0)
        {
            return false;
        }

        var text = fields[log].Value;
        var isWhole = text.Count > 0 && text[^1] == '\n';
        fields.Replace(log, isWhole ? text[..^1] : text);
        fields.Rename(log, CommonFields.Message);
        if (!isWhole)
        {
            fields.Add(CommonFields.Partial, CommonFields.True, FieldKind.Boolean);
        }

        return true;
    }

    public override string Explain(ArraySegment<byte> line) =>
        _json.TryParse(line, new FieldSet()) ? "the object has no \"log\" with text and \"stream\"" : _json.Explain(line);
}
