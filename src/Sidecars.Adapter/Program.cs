using Sidecars.Adapter;
using Sidecars.Adapter.Options;
using Sidecars.Common.Hosting;

return await new SidecarHost<AdapterOptions>(new AdapterSidecar()).RunAsync(args);
