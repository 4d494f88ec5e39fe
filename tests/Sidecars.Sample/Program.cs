using Sidecars.Common.Hosting;
using Sidecars.Sample;

return await new SidecarHost<SampleOptions>(new SampleSidecar()).RunAsync(args);
