using Sidecars.Faults;

return await FaultCommand.Create().Parse(args).InvokeAsync().ConfigureAwait(false);
