using System.Text.Json.Serialization;

namespace Sidecars.Common.Status;

/// <summary>What <c>/status.json</c> says, and the page shows.</summary>
/// <param name="Sidecar">Its name.</param>
/// <param name="Summary">What it is for.</param>
/// <param name="Version">Its build.</param>
/// <param name="Time">When this was made.</param>
/// <param name="UptimeSeconds">How long it has run.</param>
/// <param name="Health">What the probes would be told.</param>
/// <param name="Configuration">Which configuration is in force.</param>
internal sealed record StatusDocument(
    string Sidecar,
    [property: JsonIgnore] string Summary,
    string Version,
    DateTimeOffset Time,
    double UptimeSeconds,
    StatusHealth Health,
    StatusConfiguration Configuration)
{
    /// <summary>The tables with their headings, for the page.</summary>
    [JsonIgnore]
    public IReadOnlyList<(StatusSection Section, StatusTable Table)> Tables { get; init; } = [];

    /// <summary>The rows by section, each by column.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<IReadOnlyDictionary<string, StatusValue>>> Sections =>
        Tables.ToDictionary(t => t.Section.Name, t => RowsOf(t.Table));

    private static IReadOnlyList<IReadOnlyDictionary<string, StatusValue>> RowsOf(StatusTable table) =>
        [.. table.Rows.Select(row => row.Zip(table.Columns).ToDictionary(cell => cell.Second.Key, cell => cell.First))];
}

/// <summary>What keeps the sidecar from being well; each list is empty when it is.</summary>
/// <param name="Live">Loops that hang.</param>
/// <param name="Ready">Why it is not ready.</param>
/// <param name="Startup">What has not happened yet.</param>
internal sealed record StatusHealth(IReadOnlyList<string> Live, IReadOnlyList<string> Ready, IReadOnlyList<string> Startup);

/// <summary>Which configuration is in force, and whether the file says something else.</summary>
/// <param name="File">Where it was read; null where the defaults are in force.</param>
/// <param name="InForceSince">When it was read.</param>
/// <param name="LastReloadSuccessful">Whether the configuration last read is the one in force.</param>
/// <param name="Problems">The mistakes of the one last read.</param>
internal sealed record StatusConfiguration(string? File, DateTimeOffset InForceSince, bool LastReloadSuccessful, IReadOnlyList<string> Problems);

/// <summary>The metadata to write it without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(StatusDocument))]
internal sealed partial class StatusJsonContext : JsonSerializerContext;
