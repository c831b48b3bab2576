using System.Text.Json.Nodes;
using AiGateway.Hosting.Commands;

namespace AiGateway.Tests.Hosting.Commands;

public sealed class TextTableTests
{
    [Fact]
    public void Text_stands_left_and_numbers_right() =>
        Assert.Equal(
            """
            user id  balance
            anna           5
            bob         1200

            """.ReplaceLineEndings(),
            TextTable.Of([new JsonObject { ["user_id"] = "anna", ["balance"] = 5 }, new JsonObject { ["user_id"] = "bob", ["balance"] = 1200 }]).ReplaceLineEndings());

    [Fact]
    public void One_thing_has_a_line_a_member() =>
        Assert.Equal("user id  anna" + Environment.NewLine + "plan" + Environment.NewLine, TextTable.Of(new JsonObject { ["user_id"] = "anna", ["plan"] = null }));

    [Fact]
    public void Nothing_is_said_to_be_nothing() => Assert.Equal("(none)\n", TextTable.Of((IReadOnlyList<JsonObject>)[]));
}
