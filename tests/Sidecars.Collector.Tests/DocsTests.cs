using Sidecars.Testing;

namespace Sidecars.Collector.Tests;

public class DocsTests
{
    [Fact]
    public async Task Schema_InDocs_IsTheProgramsOwn() => Assert.Empty(await ShippedDocs.DifferenceOfSchemaAsync("collector"));

    [Fact]
    public async Task Page_NamesEveryKeyOfTheConfiguration() => Assert.Empty(await ShippedDocs.UndocumentedKeysAsync("collector", "outputs"));

    [Fact]
    public async Task Readme_Example_IsRight() => Assert.Empty(await ShippedDocs.ProblemsOfReadmeExampleAsync("collector"));
}
