using System.Text.Json;
using Sidecars.Common.Configuration;
using Sidecars.Sample;
using Sidecars.Testing;

namespace Sidecars.Common.Tests.Configuration;

public class EffectiveConfigurationTests
{
    private static readonly Dictionary<string, string> Variables = new() { ["SAMPLE_NAME"] = "it's" };

    [Fact]
    public void Write_EveryValue_HasItsSourceAndNoSecret()
    {
        using var folder = new TempFolder();
        var file = folder.Write("sample.yaml", $"targets:\n  - paths: [/x]\n    password: hush\n    timeout: 7s\nweights: {{ a: 3 }}\ndrain_time: ${{file:{folder.Write("t", "9s")}}}\n");
        var loaded = Load.File(file, Variables).Load();

        Assert.Equal(
            """
            targets:
              - name: 'it''s'  # environment variable SAMPLE_NAME
                paths:
                  - /x  # FILE:2:13
                balance: round-robin  # default
                timeout: '7s'  # FILE:4:14
                buffer: '64KiB'  # default
                retries: 3  # default
                enabled: false  # default
                password: '***'  # FILE:3:15
            weights:
              a: 3  # FILE:5:15
            drain_time: '***'  # FILE:6:13
            admin: {}  # default
            log:
              level: info  # default
              format: json  # default
            shutdown:
              timeout: '25s'  # default
              delay: '0s'  # default

            """,
            EffectiveConfiguration.Write(loaded, SampleOptionsContext.Default.SampleOptions).Replace(file, "FILE", StringComparison.Ordinal));
    }

    [Fact]
    public void Write_ReadBack_GivesTheSameOptions()
    {
        var type = SampleOptionsContext.Default.SampleOptions;
        var loaded = Load.Text("targets: [{ name: \"a # b: 'c'\\n\", paths: ['true', '1', '-', 'x y'] }, { name: '~', paths: [/y] }]\nweights: { 'a b': 1 }");

        var again = Load.Text(EffectiveConfiguration.Write(loaded, type));

        Assert.Empty(again.Problems);
        Assert.Equal(JsonSerializer.Serialize(loaded.Options, type), JsonSerializer.Serialize(again.Options, type));
    }
}
