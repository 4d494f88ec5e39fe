namespace Sidecars.Adapter.Options;

/// <summary>Makes of presets the inputs that they stand for. What is written beside a preset goes before it.</summary>
internal static class InputPresets
{
    /// <summary>All inputs: those of nginx where they are asked for, then those that are written.</summary>
    public static IReadOnlyDictionary<string, InputOptions> Expand(AdapterOptions options)
    {
        var inputs = new Dictionary<string, InputOptions>();
        if (options.Preset == Options.Preset.Nginx || options.Nginx is not null || IsEmpty(options))
        {
            foreach (var (name, input) in NginxPreset.Expand(options.Nginx ?? new NginxOptions()))
            {
                inputs[name] = input;
            }
        }

        foreach (var (name, input) in options.Inputs)
        {
            inputs[name] = input.Preset is { } preset ? Complete(input, preset) : input;
        }

        return inputs;
    }

    private static bool IsEmpty(AdapterOptions options) => options.Inputs.Count == 0 && options.Prometheus.Count == 0 && options.Pod is null && options.Probe is null && PushInputs.Of(options).Count == 0;

    /// <summary>The input that a module of probes stands for; its address is that of no target in particular.</summary>
    public static InputOptions OfModule(InputOptions module)
    {
        var input = module.Preset is { } preset ? Complete(module, preset) : Complete(module, new InputOptions());
        input.Http = "http://target.invalid/";
        return input;
    }

    /// <summary>The input of a preset as if it were written.</summary>
    public static InputOptions Of(InputPreset preset) => preset switch
    {
        InputPreset.Apache => PagePresets.Apache(),
        InputPreset.PhpFpm => PagePresets.PhpFpm(),
        InputPreset.HaProxy => PagePresets.HaProxy(),
        InputPreset.Redis => ServerPresets.Redis(),
        InputPreset.JavaGc => LogPresets.JavaGc(),
        _ => ServerPresets.Memcached(),
    };

    private static InputOptions Complete(InputOptions input, InputPreset preset) => Complete(input, Of(preset));

    private static InputOptions Complete(InputOptions input, InputOptions of)
    {
        var hasSource = input.Sources.Any();
        var hasForm = input.Forms.Any();
        return new InputOptions
        {
            Preset = input.Preset,
            Tail = hasSource ? input.Tail : of.Tail,
            From = input.From,
            Http = hasSource ? input.Http : of.Http,
            File = hasSource ? input.File : of.File,
            MaxAge = input.MaxAge,
            Exec = hasSource ? input.Exec : of.Exec,
            Environment = input.Environment,
            Redis = hasSource ? input.Redis : of.Redis,
            Memcached = hasSource ? input.Memcached : of.Memcached,
            Statsd = input.Statsd,
            Graphite = input.Graphite,
            Influxdb = input.Influxdb,
            Collectd = input.Collectd,
            Timeout = input.Timeout,
            Interval = input.Interval,
            Format = input.Format,
            Parse = hasForm ? input.Parse : of.Parse,
            Columns = input.Columns,
            Delimiter = input.Delimiter,
            Unsafe = input.Unsafe,
            Json = input.Json,
            Xml = input.Xml,
            KeyValue = hasForm ? input.KeyValue : of.KeyValue,
            Ini = hasForm ? input.Ini : of.Ini,
            Csv = hasForm ? input.Csv : of.Csv,
            Up = input.Up ?? of.Up,
            Metrics = [.. of.Metrics, .. input.Metrics],
        };
    }
}
