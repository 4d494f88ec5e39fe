using Sidecars.Collector;
using Sidecars.Collector.Options;
using Sidecars.Common.Hosting;

return await new SidecarHost<CollectorOptions>(new CollectorSidecar()).RunAsync(args).ConfigureAwait(false);
