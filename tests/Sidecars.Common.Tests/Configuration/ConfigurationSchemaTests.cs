using System.Text.Json.Nodes;
using Sidecars.Common.Configuration;
using Sidecars.Sample;

namespace Sidecars.Common.Tests.Configuration;

public class ConfigurationSchemaTests
{
    private static readonly JsonNode Schema = JsonNode.Parse(ConfigurationSchema.Write(SampleOptionsContext.Default.SampleOptions, "sample"))!;

    private static readonly JsonNode Target = Schema["properties"]!["targets"]!["items"]!;

    [Fact]
    public void Write_Object_AllowsNoOtherKeysAndNamesTheRequiredOnes()
    {
        Assert.False((bool)Schema["additionalProperties"]!);
        Assert.Equal("[\"name\"]", Target["required"]!.ToJsonString());
    }

    [Fact]
    public void Write_Number_HasItsRange()
    {
        Assert.Equal((0, 10), ((int)Target["properties"]!["retries"]!["minimum"]!, (int)Target["properties"]!["retries"]!["maximum"]!));
        Assert.Equal("A number. Default: 3.", (string)Target["properties"]!["retries"]!["description"]!);
    }

    [Fact]
    public void Write_Duration_HasAPatternAndItsRangeInWords()
    {
        var timeout = Target["properties"]!["timeout"]!;

        Assert.Equal("A duration. Default: 5s. Range: 100ms to 1h.", (string)timeout["description"]!);
        Assert.Matches((string)timeout["pattern"]!, "1m30s");
        Assert.DoesNotMatch((string)timeout["pattern"]!, "5");
    }

    [Fact]
    public void Write_Enum_ListsItsNames() =>
        Assert.Equal("[\"round-robin\",\"least-requests\"]", Target["properties"]!["balance"]!["enum"]!.ToJsonString());
}
