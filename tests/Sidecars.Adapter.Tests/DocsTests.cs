using Sidecars.Testing;

namespace Sidecars.Adapter.Tests;

public class DocsTests
{
    [Fact]
    public async Task Schema_InDocs_IsTheProgramsOwn() => Assert.Empty(await ShippedDocs.DifferenceOfSchemaAsync("adapter"));

    [Fact]
    public async Task Page_NamesEveryKeyOfTheConfiguration() => Assert.Empty(await ShippedDocs.UndocumentedKeysAsync("adapter"));

    [Fact]
    public async Task Readme_Example_IsRight() => Assert.Empty(await ShippedDocs.ProblemsOfReadmeExampleAsync("adapter"));
}
