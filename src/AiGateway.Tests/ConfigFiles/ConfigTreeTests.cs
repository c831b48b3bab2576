using System.Text;
using AiGateway.ConfigFiles;

namespace AiGateway.Tests.ConfigFiles;

public sealed class ConfigTreeTests
{
    [Fact]
    public void Every_value_knows_its_line_and_column()
    {
        var root = Read("{\n  // a comment\n  \"a\": [1,\n    \"zwölf\", { \"b\": true }],\n}", out var problems);

        Assert.Empty(problems.All);
        Assert.Equal(new ConfigPlace(3, 3), root?.Member("a")?.Place);
        Assert.Equal(new ConfigPlace(4, 5), root?["a"]?.Items[1].Place);
        Assert.Equal(new ConfigPlace(4, 16), root?["a"]?.Items[2].Member("b")?.Place); // ö is one column, though two bytes
        Assert.Equal("a[2].b", root?["a"]?.Items[2]["b"]?.Path);
    }

    [Theory]
    [InlineData("{\n  \"a\": tru\n}", 2)]
    [InlineData("{\n  \"a\": 1\n  \"b\": 2\n}", 3)]
    [InlineData("{", 1)]
    [InlineData("", 1)]
    public void Broken_JSON_is_reported_where_it_breaks(string json, int line)
    {
        Assert.Null(Read(json, out var problems));
        var problem = Assert.Single(problems.All);
        Assert.Equal(line, problem.Place.Line);
        Assert.DoesNotContain("LineNumber", problem.Message);
    }

    [Fact]
    public void A_name_that_stands_twice_is_an_error_whatever_its_case()
    {
        Read("{\n\"Key\": 1,\n\"key\": 2\n}", out var problems);
        Assert.Equal("test.json(3,1): error: key: \"key\" stands here twice, first on line 2", Assert.Single(problems.All).ToString());
    }

    [Fact]
    public void Anything_but_an_object_is_refused() => Assert.Null(Read("[]", out _));

    [Fact]
    public void A_byte_order_mark_is_no_text()
    {
        var problems = new ConfigProblems("test.json");
        var root = ConfigTree.Read([.. Encoding.UTF8.Preamble, .. "{\"a\":1}"u8], problems);
        Assert.Equal(new ConfigPlace(1, 2), root?.Member("a")?.Place);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_an_error_not_an_exception()
    {
        var problems = new ConfigProblems("test.json");
        ConfigTree.Read([.. "{\"a\":\""u8, 0xFF, 0xFE, .. "\"}"u8], problems);
        Assert.True(problems.HasErrors);
    }

    private static ConfigNode? Read(string json, out ConfigProblems problems)
    {
        problems = new ConfigProblems("test.json");
        return ConfigTree.Read(Encoding.UTF8.GetBytes(json), problems);
    }
}
