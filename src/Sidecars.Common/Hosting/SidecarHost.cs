using System.CommandLine;
using Sidecars.Common.Configuration;
using Sidecars.Common.Metrics;

namespace Sidecars.Common.Hosting;

/// <summary>The command line, and behind it the run, that all sidecars share.</summary>
/// <typeparam name="TOptions">The root of the sidecar's configuration.</typeparam>
/// <param name="sidecar">What is particular to this one.</param>
public sealed class SidecarHost<TOptions>(Sidecar<TOptions> sidecar)
    where TOptions : SidecarOptions, new()
{
    private readonly Option<string?> _config = new("--config", "-c")
    {
        Description = $"The configuration file. Default: $SIDECARS_CONFIG, else {sidecar.Identity.DefaultConfigurationFile} where it exists, else built-in defaults.",
        Recursive = true,
    };

    private readonly Dictionary<string, Option<string?>> _flags = AllShortcuts(sidecar).ToDictionary(
        s => s.Flag,
        s => new Option<string?>($"--{s.Flag}") { Description = $"{s.Description} (environment variable {s.Variable}; key {s.KeyPath})", Recursive = true });

    /// <summary>Does what the command line says.</summary>
    /// <param name="args">The arguments of the process.</param>
    /// <returns>0 after a clean end, 1 after a failure, 2 for a wrong command line or configuration, 130 after SIGINT.</returns>
    public async Task<int> RunAsync(string[] args)
    {
        var parsed = BuildCommand().Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                await FailAsync($"{error.Message} See '{sidecar.Identity.Name} --help'.").ConfigureAwait(false);
            }

            return ExitCodes.BadUsage;
        }

        try
        {
            // the drain, not the parser, answers to signals
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // the outermost frame: a user gets a line, not a stack dump
        catch (Exception e)
#pragma warning restore CA1031
        {
            await FailAsync(StartupFailure.Describe(e)).ConfigureAwait(false);
            return ExitCodes.Failure;
        }
    }

    /// <summary>The sidecar's own, and those that all have.</summary>
    private static IReadOnlyList<Shortcut> AllShortcuts(Sidecar<TOptions> sidecar) =>
    [
        .. sidecar.Shortcuts,
        new("admin", "SIDECARS_ADMIN", "admin.listen", "Where health and metrics are served."),
        new("shutdown-delay", "SIDECARS_SHUTDOWN_DELAY", "shutdown.delay", "How long to go on after SIGTERM, where the sidecar is a plain container."),
    ];

    private RootCommand BuildCommand()
    {
        var root = new RootCommand(sidecar.Identity.Summary) { _config };
        foreach (var flag in _flags.Values)
        {
            root.Add(flag);
        }

        root.SetAction(RunSidecarAsync);
        var run = new Command("run", "Run the sidecar until SIGTERM or SIGINT. This is the default.");
        run.SetAction(RunSidecarAsync);
        root.Add(run);
        root.Add(CheckCommand());
        root.Add(ConfigCommand());
        root.Add(ProbeCommand());
        foreach (var command in sidecar.Commands)
        {
            root.Add(command);
        }

        foreach (var configured in sidecar.ConfiguredCommands)
        {
            root.Add(WithConfiguration(configured));
        }

        foreach (var version in root.Options.OfType<VersionOption>())
        {
            version.Action = new PrintAction($"{sidecar.Identity.Name} {ProcessMetrics.ProductVersion}");
        }

        return root;
    }

    private Command CheckCommand()
    {
        var file = new Argument<string?>("FILE") { Description = "The file to check; default as for --config.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("check", "Check a configuration and report every mistake in it; exit code 2 when there is one.") { file };
        command.SetAction(async (parsed, _) =>
        {
            var loaded = Load(Loader(parsed, parsed.GetValue(file)));
            if (!loaded.IsValid)
            {
                return await ReportAsync(loaded.Problems).ConfigureAwait(false);
            }

            await Console.Out.WriteLineAsync($"{loaded.Root.Position.Source}: ok").ConfigureAwait(false);
            return ExitCodes.Success;
        });
        return command;
    }

    private Command ConfigCommand()
    {
        var schema = new Option<bool>("--schema") { Description = "Print the JSON Schema of the configuration instead." };
        var command = new Command("config", "Print the configuration in force: every value with its source, secrets redacted.") { schema };
        command.SetAction(async (parsed, _) =>
        {
            if (parsed.GetValue(schema))
            {
                await Console.Out.WriteAsync(ConfigurationSchema.Write(sidecar.OptionsType, $"{sidecar.Identity.Name} configuration")).ConfigureAwait(false);
                return ExitCodes.Success;
            }

            var loaded = Load(Loader(parsed, null));
            if (!loaded.IsValid)
            {
                return await ReportAsync(loaded.Problems).ConfigureAwait(false);
            }

            await Console.Out.WriteAsync(EffectiveConfiguration.Write(loaded, sidecar.OptionsType)).ConfigureAwait(false);
            return ExitCodes.Success;
        });
        return command;
    }

    private Command ProbeCommand()
    {
        var which = new Argument<string>("PROBE")
        {
            Description = "live (/healthz), ready (/readyz) or startup (/startupz).",
            DefaultValueFactory = _ => "ready",
        };
        which.AcceptOnlyFromAmong("live", "ready", "startup");
        var command = new Command("probe", "Ask the sidecar in this container for its health, as an exec probe; exit code 1 when it is not well.") { which };
        command.SetAction(async (parsed, cancellation) =>
        {
            var loaded = Load(Loader(parsed, null));
            if (!loaded.IsValid)
            {
                return await ReportAsync(loaded.Problems).ConfigureAwait(false);
            }

            return await HealthProbe.RunAsync(loaded.Options.Admin, parsed.GetValue(which)!, cancellation).ConfigureAwait(false);
        });
        return command;
    }

    private Command WithConfiguration(ConfiguredCommand<TOptions> configured)
    {
        configured.Command.SetAction(async (parsed, cancellation) =>
        {
            var loaded = Load(Loader(parsed, null));
            return loaded.IsValid
                ? await configured.Run(loaded.Options, parsed, cancellation).ConfigureAwait(false)
                : await ReportAsync(loaded.Problems).ConfigureAwait(false);
        });
        return configured.Command;
    }

    private async Task<int> RunSidecarAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var loader = Loader(parsed, null);
        var loaded = Load(loader);
        return loaded.IsValid
            ? await SidecarRun.RunAsync(sidecar, loader, loaded).ConfigureAwait(false)
            : await ReportAsync(loaded.Problems).ConfigureAwait(false);
    }

    private ConfigurationLoader<TOptions> Loader(ParseResult parsed, string? file)
    {
        var flags = _flags.Where(f => parsed.GetValue(f.Value) is not null).ToDictionary(f => f.Key, f => parsed.GetValue(f.Value)!);
        var given = file ?? parsed.GetValue(_config) ?? Environment.GetEnvironmentVariable("SIDECARS_CONFIG");
        var standard = sidecar.Identity.DefaultConfigurationFile;
        var source = new ConfigurationSource(
            given is { Length: > 0 } ? given : File.Exists(standard) ? standard : null,
            AllShortcuts(sidecar),
            flags,
            Environment.GetEnvironmentVariable);
        return new ConfigurationLoader<TOptions>(source, sidecar.OptionsType, Complete);
    }

    /// <summary>With the web configuration, whose mistakes are those of the whole; on its own it is read again later.</summary>
    private static LoadedConfiguration<TOptions> Load(ConfigurationLoader<TOptions> loader)
    {
        var loaded = loader.Load();
        return loaded.IsValid && loaded.Options.Admin.WebConfig is { } file ? loaded with { Problems = WebConfig.Load(file).Problems } : loaded;
    }

    private void Complete(TOptions options, ProblemList problems)
    {
        options.Admin.Listen ??= ListenAddress.AnyIP(sidecar.Identity.AdminPort);
        if (options.Shutdown.Delay >= options.Shutdown.Timeout)
        {
            problems.Add(
                "shutdown.delay",
                $"{DurationConverter.Format(options.Shutdown.Delay)} leaves nothing of the timeout; keep it below shutdown.timeout ({DurationConverter.Format(options.Shutdown.Timeout)})");
        }

        if (options.Admin.WebConfig is { } file && !file.StartsWith('/'))
        {
            problems.Add("admin.web_config", $"'{file}' is not an absolute path; begin it with '/'");
        }

        if (options.Admin.PlainListen == options.Admin.Listen)
        {
            problems.Add("admin.plain_listen", $"{options.Admin.PlainListen} is admin.listen already; choose another port");
        }

        sidecar.Validate(options, problems);
    }

    private async Task<int> ReportAsync(IReadOnlyList<Problem> problems)
    {
        foreach (var problem in problems)
        {
            await Console.Error.WriteLineAsync(problem.ToString()).ConfigureAwait(false);
        }

        await FailAsync(problems.Count == 1 ? "1 mistake in the configuration" : $"{problems.Count} mistakes in the configuration").ConfigureAwait(false);
        return ExitCodes.BadUsage;
    }

    private Task FailAsync(string message) => Console.Error.WriteLineAsync($"{sidecar.Identity.Name}: {message}");
}
