using Sidecars.Adapter.Probing;
using Sidecars.Common.Configuration;

namespace Sidecars.Adapter.Options;

/// <summary>Checks what is probed for others.</summary>
internal static class ProbeValidation
{
    private static readonly InputPreset[] Presets = [InputPreset.Apache, InputPreset.PhpFpm, InputPreset.HaProxy];

    public static void Check(ProbeOptions? probe, LimitsOptions limits, ProblemList problems)
    {
        if (probe is null)
        {
            return;
        }

        for (var i = 0; i < probe.Targets.Count; i++)
        {
            if (!TargetPattern.TryParse(probe.Targets[i], out _, out var mistake))
            {
                problems.Add($"probe.targets[{i}]", mistake);
            }
        }

        if (probe.Targets.Count == 0)
        {
            problems.Add("probe.targets", "there is none; say which addresses may be probed, for example http://10.0.0.*:8080/status");
        }

        if (probe.Modules.Count == 0)
        {
            problems.Add("probe.modules", "there is none; name one and say what it makes of a target's page: modules: { shop: { json: $, metrics: [...] } }");
        }

        foreach (var (name, module) in probe.Modules)
        {
            CheckModule(name, module, limits, problems);
        }
    }

    private static void CheckModule(string name, InputOptions module, LimitsOptions limits, ProblemList problems)
    {
        var path = $"probe.modules.{name}";
        if (!InputValidation.IsName(name))
        {
            problems.Add("probe.modules", $"'{name}' is not a module's name; letters, digits, - and _ are allowed");
        }

        if (!CheckWhatHasNoPlace(module, path, problems))
        {
            return;
        }

        var metrics = new MetricRegistryCheck(problems);
        new InputValidation(path, InputPresets.OfModule(module), problems, limits).Run(metrics);
        metrics.AddUp(ProbeModule.Success, path);
        metrics.AddUp(ProbeModule.Duration, path);
    }

    /// <summary>Whether nothing is there that belongs to a source; the rest is told when it is not.</summary>
    private static bool CheckWhatHasNoPlace(InputOptions module, string path, ProblemList problems)
    {
        var isPresetOfAPage = module.Preset is not { } preset || Presets.Contains(preset);
        foreach (var source in module.Sources)
        {
            problems.Add($"{path}.{source}", "the target of a probe is what the scraper asks for; leave the source out");
        }

        if (module.Up is not null)
        {
            problems.Add($"{path}.up", $"{ProbeModule.Success} says it; leave it out");
        }

        if (module.Interval is not null)
        {
            problems.Add($"{path}.interval", "a target is asked when the scraper asks; leave it out");
        }

        if (!isPresetOfAPage)
        {
            problems.Add($"{path}.preset", "only pages over HTTP can be probed: apache, php_fpm or haproxy");
        }

        return isPresetOfAPage && module.Up is null && module.Interval is null && !module.Sources.Any();
    }
}
