using System.Text;
using Sidecars.Common.Parsing;

namespace Sidecars.Common.Tests.Parsing;

public sealed class FieldNameTests
{
    [Fact]
    public void Is_NameFromALine_IsTheSameAsTheConfigurations()
    {
        var name = FieldName.Of("of_this_test");
        Assert.True(FieldName.Of("of_this_test"u8).Is(name));
        Assert.False(FieldName.Of("of_this_tesu").Is(name));
        Assert.False(name.Is(FieldName.Of("of_this_tesu"u8)));
    }

    [Fact]
    public void Is_LongName_IsTheSameThoughMadeAnew()
    {
        var text = new string('n', 300);
        var name = FieldName.Of(text);
        var again = FieldName.Of(Encoding.UTF8.GetBytes(text));
        Assert.NotSame(name, again);
        Assert.True(again.Is(name));
        Assert.True(name.Is(again));
        var fields = new FieldSet();
        fields.Add(again, default);
        Assert.Equal(0, fields.IndexOf(name));
    }
}
