namespace Sidecars.Common.Hosting;

/// <summary>How a sidecar's process ends.</summary>
public static class ExitCodes
{
    /// <summary>A clean end, also after SIGTERM.</summary>
    public const int Success = 0;

    /// <summary>A failure while running.</summary>
    public const int Failure = 1;

    /// <summary>A wrong command line or configuration.</summary>
    public const int BadUsage = 2;

    /// <summary>Ended by SIGINT.</summary>
    public const int Interrupted = 130;
}
