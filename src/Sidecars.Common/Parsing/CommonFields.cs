namespace Sidecars.Common.Parsing;

/// <summary>The names of fields that more than one format has.</summary>
internal static class CommonFields
{
    public static readonly FieldName Time = FieldName.Of("time");
    public static readonly FieldName Level = FieldName.Of("level");
    public static readonly FieldName Message = FieldName.Of("message");
    public static readonly FieldName Stream = FieldName.Of("stream");
    public static readonly FieldName Partial = FieldName.Of("partial");
    public static readonly FieldName Pid = FieldName.Of("pid");
    public static readonly FieldName Tid = FieldName.Of("tid");
    public static readonly FieldName Client = FieldName.Of("client");
    public static readonly FieldName Logger = FieldName.Of("logger");
    public static readonly FieldName Thread = FieldName.Of("thread");
    public static readonly ArraySegment<byte> True = "true"u8.ToArray();
}
