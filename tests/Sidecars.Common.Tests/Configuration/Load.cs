using Sidecars.Common.Configuration;
using Sidecars.Sample;
using Sidecars.Testing;

namespace Sidecars.Common.Tests.Configuration;

/// <summary>Loads the sample's options from a text, as <c>run</c> and <c>check</c> do.</summary>
internal static class Load
{
    public static LoadedConfiguration<SampleOptions> Text(
        string yaml,
        IReadOnlyDictionary<string, string>? environment = null,
        IReadOnlyDictionary<string, string>? flags = null)
    {
        using var folder = new TempFolder();
        return File(folder.Write("sample.yaml", yaml), environment, flags).Load();
    }

    public static ConfigurationLoader<SampleOptions> File(
        string? file,
        IReadOnlyDictionary<string, string>? environment = null,
        IReadOnlyDictionary<string, string>? flags = null)
    {
        var sidecar = new SampleSidecar();
        var source = new ConfigurationSource(file, [.. sidecar.Shortcuts, new("admin", "SAMPLE_ADMIN", "admin.listen", "")], flags ?? new Dictionary<string, string>(), (environment ?? new Dictionary<string, string>()).GetValueOrDefault);
        return new ConfigurationLoader<SampleOptions>(source, sidecar.OptionsType, sidecar.Validate);
    }

    /// <summary>The problems as a user sees them, without the folder of the file.</summary>
    public static string[] Problems(string yaml) =>
        [.. Text(yaml).Problems.Select(p => p.ToString()).Select(p => p[(p.IndexOf("sample.yaml", StringComparison.Ordinal) is >= 0 and var at ? at : 0)..])];
}
