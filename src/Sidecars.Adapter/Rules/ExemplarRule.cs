using Sidecars.Adapter.Exposition;
using Sidecars.Adapter.Extraction;
using Sidecars.Common.Parsing;

namespace Sidecars.Adapter.Rules;

/// <summary>
/// Notes with a sample where to look further, such as the trace it belongs to. A value that is missing, too long or not plain
/// ASCII is passed over: half an identifier leads nowhere.
/// </summary>
internal sealed class ExemplarRule(string label, int field)
{
    public void Note(in Sample sample, SeriesFamily family, Series series, int bucket, double number)
    {
        var value = sample[field];
        if (!LogValue.IsMissing(value) && LabelText.IsClean(value, Exemplar.MostCharacters - label.Length))
        {
            series.ExemplarOf(bucket).Set(label, value, number, family.Now);
        }
    }
}
