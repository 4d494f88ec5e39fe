using System.Text;
using Sidecars.Adapter.Extraction;

namespace Sidecars.Adapter.Tests.Extraction;

public class IniTests
{
    private const string Text = """
        top = 1
        ; a comment
        # another
        [queue.a]
        depth=3
        name = "with = and ; blanks "
        [queue.b]
          depth = 4
        no value here
        [other]
        depth=9
        [queue.a]
        later=7
        """;

    [Theory]
    [InlineData("", "1||||")]
    [InlineData("queue.a", "|3|with = and ; blanks |queue.a|7")]
    [InlineData("queue.*", "|3|with = and ; blanks |queue.a|7\n|4||queue.b|")]
    [InlineData("*", "|3|with = and ; blanks |queue.a|7\n|4||queue.b|\n|9||other|")]
    public void Read_Sections_Rows(string sections, string expected) => Assert.Equal(expected, Read(sections, Text, "top", "depth", "name", "@section", "later"));

    [Fact]
    public void Read_FieldOfTheDocument_IsInEachRow() => Assert.Equal("3|9\n4|9", Read("queue.?", Text, "depth", "$.other.depth"));

    [Fact]
    public void Read_DocumentFieldOfASectionWithADot_IsFound() => Assert.Equal("3", Read("other", Text, "$.queue.a.depth"));

    [Theory]
    [InlineData("*", "", "no line has a key, '=' and a value")]
    [InlineData("gone", "[there]\na=1", "there is no section [gone]")]
    public void Read_NotIni_Reason(string sections, string text, string reason) =>
        Assert.Equal(reason, new IniExtractor(sections).Read(Encoding.UTF8.GetBytes(text), _ => { }));

    private static string Read(string sections, string text, params string[] fields)
    {
        var extractor = new IniExtractor(sections);
        var indexes = fields.Select(extractor.IndexOf).ToArray();
        var rows = new List<string>();
        Assert.Null(extractor.Read(Encoding.UTF8.GetBytes(text), row =>
        {
            var values = new List<string>();
            foreach (var index in indexes)
            {
                values.Add(Encoding.UTF8.GetString(row.Sample[index]));
            }

            rows.Add(string.Join('|', values));
        }));
        return string.Join('\n', rows);
    }
}
