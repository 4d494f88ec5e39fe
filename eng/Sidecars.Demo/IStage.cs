using Sidecars.Testing.Pods;

namespace Sidecars.Demo;

/// <summary>Where the sample pod plays: in containers, or as processes of this machine where no container engine can run.</summary>
internal interface IStage : IAsyncDisposable
{
    Uri Nginx { get; }

    Uri Collector { get; }

    Uri Ambassador { get; }

    Uri Adapter { get; }

    /// <summary>nginx's access log as nginx wrote it.</summary>
    string Written();

    /// <summary>The collector's file, also when nothing runs any more.</summary>
    string Kept();

    /// <summary>The collector's file as its own <c>cat</c> shows it.</summary>
    Task<string> CollectedAsync();

    /// <summary>What the database outside answers through the ambassador's port on localhost.</summary>
    Task<string> QueryAsync(string statement);

    /// <summary>Stops everything in the Kubernetes order.</summary>
    Task<IReadOnlyList<ContainerEnd>> StopAsync();
}
