using Sidecars.Adapter.Options;
using Sidecars.Common.Logging;

namespace Sidecars.Adapter.Rules;

/// <summary>How a page is asked for.</summary>
internal enum PageProtocol
{
    Http,
    Redis,
    Memcached,

    /// <summary>A file in the container.</summary>
    File,

    /// <summary>What a command prints.</summary>
    Exec,
}

/// <summary>Where a page is, and how it is asked for.</summary>
internal sealed record PageAddress(PageProtocol Protocol, Uri Uri)
{
    private static readonly Uri Here = new("file:///");

    /// <summary>The file's path.</summary>
    public string Path { get; private init; } = "";

    /// <summary>The greatest age of the file; null for any.</summary>
    public TimeSpan? MaxAge { get; private init; }

    /// <summary>The command's program and arguments.</summary>
    public IReadOnlyList<string> Command { get; private init; } = [];

    /// <summary>The command's environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; private init; } = new Dictionary<string, string>();

    public static PageAddress Of(InputOptions input) => input switch
    {
        { Http: { } http } => new PageAddress(PageProtocol.Http, new Uri(http)),
        { File: { } file } => new PageAddress(PageProtocol.File, Here) { Path = file, MaxAge = input.MaxAge },
        { Exec: { } command } => new PageAddress(PageProtocol.Exec, Here) { Command = command, Environment = input.Environment },
        { Redis: { } redis } => new PageAddress(PageProtocol.Redis, new Uri($"tcp://{redis}")),
        _ => new PageAddress(PageProtocol.Memcached, new Uri($"tcp://{input.Memcached}")),
    };

    /// <summary>For logs and people: without user, password and query, which may be secrets.</summary>
    public override string ToString() => Protocol switch
    {
        PageProtocol.Http => ShownAddress.Of(Uri),
        PageProtocol.File => Path,
        PageProtocol.Exec => Command[0],
        _ => Uri.Authority,
    };
}
