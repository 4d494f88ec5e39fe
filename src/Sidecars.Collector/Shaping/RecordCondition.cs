using Sidecars.Collector.Records;
using Sidecars.Common.Expressions;

namespace Sidecars.Collector.Shaping;

/// <summary>An expression over records.</summary>
internal sealed class RecordCondition(Expression expression)
{
    private readonly RecordFields _fields = new(expression.Fields);

    public bool IsTrue(LogRecord record)
    {
        _fields.Record = record;
        return expression.IsTrue(record.Body, _fields);
    }
}
