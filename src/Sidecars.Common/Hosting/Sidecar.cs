using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Sidecars.Common.Configuration;
using Sidecars.Common.Status;

namespace Sidecars.Common.Hosting;

/// <summary>What one sidecar adds to the host that all share; its implementation reads as a table of contents.</summary>
/// <typeparam name="TOptions">The root of its configuration.</typeparam>
public abstract class Sidecar<TOptions>
    where TOptions : SidecarOptions, new()
{
    /// <summary>Name, summary and usual admin port.</summary>
    public abstract SidecarIdentity Identity { get; }

    /// <summary>The source-generated metadata that reads, checks, describes and prints the configuration.</summary>
    public abstract JsonTypeInfo<TOptions> OptionsType { get; }

    /// <summary>Flags and environment variables that stand for keys of the configuration.</summary>
    public virtual IReadOnlyList<Shortcut> Shortcuts => [];

    /// <summary>Verbs of its own beside <c>run</c>, <c>check</c>, <c>config</c> and <c>probe</c>.</summary>
    public virtual IReadOnlyList<Command> Commands => [];

    /// <summary>Verbs that need the checked configuration, such as <c>explain</c>.</summary>
    public virtual IReadOnlyList<ConfiguredCommand<TOptions>> ConfiguredCommands => [];

    /// <summary>Whether the sidecar's own log goes to standard error because standard output carries the application's lines.</summary>
    public virtual bool LogsToStandardError => false;

    /// <summary>Checks what the types alone cannot say; every mistake is added, none is thrown.</summary>
    /// <param name="options">Options whose types and ranges are right.</param>
    /// <param name="problems">Gets the mistakes.</param>
    public virtual void Validate(TOptions options, ProblemList problems)
    {
    }

    /// <summary>Registers the features, one line each.</summary>
    /// <param name="services">The host's services; Common's are there.</param>
    /// <param name="options">The options at start.</param>
    public abstract void AddServices(IServiceCollection services, TOptions options);

    /// <summary>Adds listeners beside the admin port.</summary>
    /// <param name="kestrel">The server.</param>
    /// <param name="services">The built services.</param>
    public virtual void ConfigureKestrel(KestrelServerOptions kestrel, IServiceProvider services)
    {
    }

    /// <summary>Builds the pipeline for requests that did not come in on the admin port.</summary>
    /// <param name="app">A pipeline of its own: nothing mapped here can be reached on the admin port, nor the other way round.</param>
    public virtual void ConfigureData(IApplicationBuilder app)
    {
    }

    /// <summary>Adds sections to the status page.</summary>
    /// <param name="board">The page.</param>
    /// <param name="services">The built services; none has started yet.</param>
    public virtual void AddStatus(StatusBoard board, IServiceProvider services)
    {
    }

    /// <summary>Adds endpoints to the admin port.</summary>
    /// <param name="admin">The admin port's endpoints.</param>
    public virtual void MapAdmin(IEndpointRouteBuilder admin)
    {
    }
}
