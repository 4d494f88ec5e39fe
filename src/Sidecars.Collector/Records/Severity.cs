namespace Sidecars.Collector.Records;

/// <summary>How grave a record is: the ranges of the OpenTelemetry log data model, whose numbers these are (SeverityNumber).</summary>
internal enum Severity
{
    Unspecified = 0,
    Trace = 1,
    Debug = 5,
    Info = 9,
    Notice = 10,
    Warn = 13,
    Error = 17,
    Critical = 18,
    Alert = 19,
    Fatal = 21,
}
