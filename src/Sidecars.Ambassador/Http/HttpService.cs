using Sidecars.Ambassador.Options;

namespace Sidecars.Ambassador.Http;

/// <summary>One HTTP service as it is in force: immutable, replaced as a whole when the configuration changes.</summary>
internal sealed record HttpService(string Name, HttpServiceOptions Options, HttpServiceMetrics Metrics);
