using Sidecars.Common.Configuration;

namespace Sidecars.Adapter.Options;

/// <summary>Everything the types cannot say. All mistakes are reported together, each at its key.</summary>
internal static class AdapterValidation
{
    private const string NginxKey = "nginx";

    public static void Validate(AdapterOptions options, ProblemList problems)
    {
        if (options.Limits.Overflow.Length is 0 or > 128 || options.Limits.Overflow.Any(char.IsControl))
        {
            problems.Add("limits.overflow", "a text of 1 to 128 characters is expected, for example other");
        }

        if (!options.State.Directory.StartsWith('/'))
        {
            problems.Add("state.directory", $"'{options.State.Directory}' is not an absolute path; write for example /var/lib/sidecars");
        }

        if (options.Nginx is { } nginx)
        {
            ValidateNginx(nginx, problems);
        }

        foreach (var name in options.Inputs.Keys.Where(name => !InputValidation.IsName(name)))
        {
            problems.Add("inputs", $"'{name}' is not an input's name; letters, digits, - and _ are allowed");
        }

        foreach (var (name, _) in options.Inputs.Where(input => input.Value.Exec is not null && !options.AllowExec))
        {
            problems.Add($"inputs.{name}.exec", "commands are not allowed; write allow_exec: true beside inputs, if whoever may write this file may also run programs");
        }

        var metrics = new MetricRegistryCheck(problems);
        MergeValidation.Check(options, problems);
        ProbeValidation.Check(options.Probe, options.Limits, problems);
        PodValidation.Check(options.Pod, problems, metrics);
        PushValidation.Check(options.Statsd, "statsd", problems);
        PushValidation.Check(options.Graphite, "graphite", problems);
        PushValidation.Check(options.Influxdb, "influxdb", problems);
        PushValidation.Check(options.Collectd, "collectd", problems);
        PushValidation.CheckTogether(options, problems);
        RemoteWriteValidation.Check(options.RemoteWrite, problems);
        var inputs = InputPresets.Expand(options);
        foreach (var (name, input) in inputs)
        {
            // What a preset brings is right; what it was given is checked under its own keys. It takes part for its names.
            var isWritten = options.Inputs.ContainsKey(name);
            new InputValidation($"inputs.{name}", input, isWritten ? problems : new ProblemList(), options.Limits).Run(metrics);
        }

        TestValidation.Check(options, inputs, problems);
    }

    private static void ValidateNginx(NginxOptions nginx, ProblemList problems)
    {
        if (nginx.Status != NginxOptions.Off)
        {
            InputValidation.CheckAddress(nginx.Status, $"{NginxKey}.status", problems);
        }

        if (nginx.AccessLog != NginxOptions.Off)
        {
            InputValidation.CheckPath(nginx.AccessLog, $"{NginxKey}.access_log", problems);
            InputValidation.CheckLogFormat(nginx.LogFormat, $"{NginxKey}.log_format", problems);
        }
    }
}
