using Sidecars.Ambassador;
using Sidecars.Ambassador.Options;
using Sidecars.Common.Hosting;

return await new SidecarHost<AmbassadorOptions>(new AmbassadorSidecar()).RunAsync(args);
