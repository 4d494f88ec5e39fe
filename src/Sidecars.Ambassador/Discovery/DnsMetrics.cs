using Prometheus;

namespace Sidecars.Ambassador.Discovery;

/// <summary>What is counted of names. Labels are the configured names and a fixed set of results.</summary>
internal sealed class DnsMetrics(IMetricFactory metrics)
{
    private readonly Counter _resolutions = metrics.CreateCounter(
        "sidecars_ambassador_dns_resolutions_total", "Questions to the DNS, by result: ok, hosts, no_such_name, no_address or failed.", ["name", "result"]);

    private readonly Gauge _addresses = metrics.CreateGauge(
        "sidecars_ambassador_dns_addresses", "Addresses of a name that are in use.", ["name"]);

    public void Counted(string name, string result) => _resolutions.WithLabels(name, result).Inc();

    public void Known(string name, int count) => _addresses.WithLabels(name).Set(count);

    /// <summary>Takes a name that is not configured any more off the page.</summary>
    public void Forget(string name) => _addresses.RemoveLabelled(name);
}
