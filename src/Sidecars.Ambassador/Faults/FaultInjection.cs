using Sidecars.Ambassador.Options;

namespace Sidecars.Ambassador.Faults;

/// <summary>Which fault a request meets, if any: the first that is meant for it and whose share falls on it.</summary>
/// <param name="faults">In their order.</param>
/// <param name="random">A number from 0 up to 1.</param>
internal sealed class FaultInjection(IReadOnlyList<FaultOptions> faults, Func<double> random)
{
    public FaultOptions? Pick(IHeaderDictionary headers)
    {
        foreach (var fault in faults)
        {
            if (IsMeantFor(fault, headers) && random() * 100 < fault.Percent)
            {
                return fault;
            }
        }

        return null;
    }

    private static bool IsMeantFor(FaultOptions fault, IHeaderDictionary headers) =>
        fault.Header is null
        || (headers.TryGetValue(fault.Header, out var values) && (fault.HeaderValue is null || values.Contains(fault.HeaderValue)));
}
