using System.ComponentModel;

namespace Sidecars.Adapter.Options;

/// <summary>How the page of metrics is written.</summary>
internal sealed class ExpositionOptions
{
    [Description("Whether OpenMetrics pages tell when each counter and histogram began, as one more series (_created) for each. Default: true.")]
    public bool Created { get; set; } = true;
}
