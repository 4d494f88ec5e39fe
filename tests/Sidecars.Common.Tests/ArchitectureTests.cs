using System.Text.RegularExpressions;
using System.Xml.Linq;
using Sidecars.Testing;

namespace Sidecars.Common.Tests;

/// <summary>Who may know whom: Common knows nobody, a sidecar knows Common alone, and in Common only Hosting knows the other folders.</summary>
public partial class ArchitectureTests
{
    private static readonly string[] Sidecars = ["Sidecars.Collector", "Sidecars.Ambassador", "Sidecars.Adapter"];

    public static TheoryData<string> SidecarNames => [.. Sidecars];

    [Theory]
    [MemberData(nameof(SidecarNames))]
    public void sidecar_references_common_and_no_other_project(string sidecar)
    {
        Assert.Empty(References(sidecar));
        Assert.Contains("Sidecar.props", File.ReadAllText(Repository.PathOf("src", sidecar, $"{sidecar}.csproj")), StringComparison.Ordinal);
        Assert.Equal(["Sidecars.Common"], ProjectNames(XDocument.Load(Repository.PathOf("src", "Sidecar.props"))));
    }

    [Fact]
    public void common_references_no_project() => Assert.Empty(References("Sidecars.Common"));

    [Theory]
    [MemberData(nameof(SidecarNames))]
    public void sidecar_names_no_other_sidecar(string sidecar) => Assert.Empty(
        from other in Sidecars.Where(s => s != sidecar)
        from file in Sources(sidecar)
        where File.ReadAllText(file).Contains(other, StringComparison.Ordinal)
        select file);

    [Fact]
    public void common_folders_know_no_other_folder_but_hosting_does() => Assert.Empty(
        from file in Sources("Sidecars.Common")
        let folder = Path.GetFileName(Path.GetDirectoryName(file)!)
        where folder != "Hosting"
        from Match match in CommonFolder().Matches(File.ReadAllText(file))
        where match.Groups["folder"].Value != folder
        select $"{file} knows {match.Groups["folder"].Value}");

    [Fact]
    public void no_folder_is_a_warehouse() => Assert.Empty(
        from folder in Directory.EnumerateDirectories(Repository.PathOf("src"), "*", SearchOption.AllDirectories)
        where Path.GetFileName(folder) is "Models" or "Interfaces" or "Helpers" or "Utils" or "Utilities" or "Managers"
        select folder);

    [Theory]
    [MemberData(nameof(SidecarNames))]
    public void program_hands_over_in_20_lines(string sidecar) =>
        Assert.InRange(File.ReadAllLines(Repository.PathOf("src", sidecar, "Program.cs")).Length, 1, 20);

    private static IEnumerable<string> References(string project) => ProjectNames(XDocument.Load(Repository.PathOf("src", project, $"{project}.csproj")));

    private static IEnumerable<string> ProjectNames(XDocument project) =>
        project.Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/')));

    private static IEnumerable<string> Sources(string project)
    {
        var root = Repository.PathOf("src", project);
        return Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Where(f => Path.GetRelativePath(root, f).Split('/')[0] is not ("bin" or "obj"));
    }

    [GeneratedRegex(@"Sidecars\.Common\.(?<folder>[A-Z]\w+)")]
    private static partial Regex CommonFolder();
}
