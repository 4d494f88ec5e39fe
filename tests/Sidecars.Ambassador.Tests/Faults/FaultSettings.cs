using System.Globalization;

namespace Sidecars.Ambassador.Tests.Faults;

/// <summary>How much load the suite makes: little among the tests, much for <c>eng/faults.sh --ambassador</c>.</summary>
internal static class FaultSettings
{
    /// <summary>Requests a second, all together.</summary>
    public static int Rate { get; } = Setting("AMBASSADOR_FAULT_RATE", 400);

    /// <summary>How many requests are answered while one fault lasts.</summary>
    public static int RequestsPerFault { get; } = Setting("AMBASSADOR_FAULT_REQUESTS", 200);

    /// <summary>How long <c>try_timeout</c> is, in seconds: long enough that a busy machine does not seem a hung server.</summary>
    public static int TryTimeout { get; } = Setting("AMBASSADOR_FAULT_TRY_TIMEOUT", 5);

    /// <summary>How many connections are made after SIGTERM, 50 ms between them.</summary>
    public static int LateConnections { get; } = Setting("AMBASSADOR_FAULT_CONNECTIONS", 40);

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
