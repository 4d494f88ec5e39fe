using System.CommandLine;
using Microsoft.AspNetCore.Routing;
using Sidecars.Common.Expressions;
using Sidecars.Common.Tapping;

namespace Sidecars.Common.Hosting;

/// <summary>What a sidecar shows live on <c>/tap</c>.</summary>
/// <typeparam name="T">A copy of what passes.</typeparam>
public sealed record Tap<T>(TapPoint<T> Point)
    where T : class
{
    /// <summary>What listeners choose by, as the parameter is called: <c>output</c>, <c>service</c>.</summary>
    public required string Topic { get; init; }

    /// <summary>The topics there are now.</summary>
    public required Func<IEnumerable<string>> Topics { get; init; }

    /// <summary>Whether a listener hears of one topic, the first unless it says which, and not of all.</summary>
    public bool IsOneTopic { get; init; }

    /// <summary>The fields that an expression may ask for; null: any.</summary>
    public IReadOnlyCollection<string>? Fields { get; init; }

    /// <summary>Makes what writes for one listener, and only what its expression holds for.</summary>
    public required Func<Expression?, TapFormat<T>> Format { get; init; }
}

/// <summary>The two ends of a tap: <c>/tap</c> on the admin port, and the verb <c>tap</c> that reads it.</summary>
public static class Tap
{
    /// <summary>Serves <c>/tap</c>, to callers on localhost only.</summary>
    public static void MapTap<T>(this IEndpointRouteBuilder admin, Tap<T> tap)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(admin);
        ArgumentNullException.ThrowIfNull(tap);
        TapEndpoint.Map(admin, tap);
    }

    /// <summary>The verb.</summary>
    /// <param name="what">What it shows, as in "Show WHAT as JSON lines".</param>
    /// <param name="topic">What listeners choose by.</param>
    /// <param name="topicHelp">What the option for it means.</param>
    public static ConfiguredCommand<TOptions> Command<TOptions>(string what, string topic, string topicHelp)
        where TOptions : SidecarOptions, new()
    {
        var name = new Option<string?>($"--{topic}") { Description = topicHelp };
        var where = new Option<string?>("--where", "-w") { Description = "Only those for which this expression holds, such as 'status >= 500'." };
        var count = new Option<int?>("--count", "-n") { Description = "End after so many. Default: go on until the sidecar ends." };
        count.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() < 1)
            {
                result.AddError("--count: a number is 1 or more.");
            }
        });
        var command = new Command("tap", $"Show {what} of the running sidecar as JSON lines, as they pass.") { name, where, count };
        return new ConfiguredCommand<TOptions>(
            command,
            (options, parsed, cancellation) => TapClient.RunAsync(
                options.Admin, [(topic, parsed.GetValue(name)), ("where", parsed.GetValue(where)), ("n", parsed.GetValue(count)?.ToString(System.Globalization.CultureInfo.InvariantCulture))], cancellation));
    }
}
