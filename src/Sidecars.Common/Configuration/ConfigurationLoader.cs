using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Sidecars.Common.Configuration;

/// <summary>Turns a file, the environment and flags into checked options, or into every mistake in them.</summary>
internal sealed class ConfigurationLoader<TOptions>(
    ConfigurationSource source,
    JsonTypeInfo<TOptions> type,
    Action<TOptions, ProblemList> validate)
    where TOptions : class, new()
{
    public ConfigurationSource Source => source;

    public LoadedConfiguration<TOptions> Load()
    {
        var (root, broken) = ReadFile();
        var problems = new ProblemList(root);
        if (broken is not null)
        {
            problems.Add(broken.Position, broken.KeyPath, broken.Message);
            return new LoadedConfiguration<TOptions>(new TOptions(), [], root, problems.Problems);
        }

        // what is substituted and overlaid is part of the same tree, so every later error knows its source
        new Substitution(source.Environment, problems).Apply(root);
        root = source.Overlay(root);
        var binder = new OptionsBinder(problems);
        if (binder.Bind(root, type) is not JsonObject bound || !binder.IsComplete)
        {
            return new LoadedConfiguration<TOptions>(new TOptions(), [], root, problems.Problems);
        }

        var options = bound.Deserialize(type) ?? new TOptions();
        var checks = new ProblemList(root);
        validate(options, checks);
        problems.AddUnrelated(checks);
        return new LoadedConfiguration<TOptions>(options, bound, root, problems.Problems);
    }

    private (ConfigNode Root, Problem? Problem) ReadFile()
    {
        if (source.File is not { } file)
        {
            return (new ConfigMapping(new Position("defaults")), null);
        }

        if (Directory.Exists(file))
        {
            var position = new Position(file);
            return (new ConfigMapping(position), new Problem(position, "", "this is a directory; name the file in it"));
        }

        try
        {
            return YamlTree.Parse(file, File.ReadAllText(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var position = new Position(file);
            return (new ConfigMapping(position), new Problem(position, "", $"the configuration cannot be read: {e.Message}"));
        }
    }
}

/// <summary>What a load gave.</summary>
/// <param name="Options">The options; the defaults where there are problems.</param>
/// <param name="Bound">What was set, as JSON: equal for equal configurations.</param>
/// <param name="Root">The tree the options were read from, for the source of each value.</param>
/// <param name="Problems">Every mistake; empty when the options may be used.</param>
internal sealed record LoadedConfiguration<TOptions>(TOptions Options, JsonObject Bound, ConfigNode Root, IReadOnlyList<Problem> Problems)
{
    public bool IsValid => Problems.Count == 0;
}
