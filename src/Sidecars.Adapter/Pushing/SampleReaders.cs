using Sidecars.Adapter.Options;

namespace Sidecars.Adapter.Pushing;

/// <summary>From the options of a source that is pushed to, to what reads its protocol.</summary>
internal static class SampleReaders
{
    public static SampleReader Create(PushOptions options, PushStore store, LimitsOptions limits)
    {
        SampleRouter Router(TagSyntax tags) => new(store, new NameMapper(options), tags, Math.Max(1000, 2 * limits.Series));
        return options switch
        {
            GraphiteOptions => new GraphiteReader(Router(GraphiteReader.Tags)),
            CollectdOptions collectd => new CollectdReader(Router(CollectdReader.Tags), CollectdTypes.Load(collectd.TypesDb)),
            InfluxOptions => new InfluxReader(Router(InfluxReader.Tags)),
            _ => new StatsdReader(Router(StatsdReader.Tags)),
        };
    }
}
