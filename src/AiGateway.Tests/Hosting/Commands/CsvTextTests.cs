using AiGateway.Hosting.Commands;
using AiGateway.Insights;

namespace AiGateway.Tests.Hosting.Commands;

public sealed class CsvTextTests
{
    [Fact]
    public void Quoted_fields_hold_commas_quotes_and_line_ends()
    {
        var (head, lines) = CsvText.Read("\uFEFFA, b\r\n\"x, \"\"y\"\"\",\"1\n2\"\r\n\r\nlast,\n");
        Assert.Equal(["a", "b"], head);
        Assert.Equal([("x, \"y\"", "1\n2", 2), ("last", null, 5)], lines.Select(line => (line["a"], line["b"], line.Number)));
        Assert.Equal(2, lines[1].FieldCount);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("with, comma")]
    [InlineData("with \"quotes\"")]
    [InlineData("two\nlines")]
    public void What_is_written_is_read_again(string text) =>
        Assert.Equal(text, CsvText.Read("a,b\n" + TransactionCsv.Fields(text, "end")).Lines.Single()["a"]);

    [Fact]
    public void A_quote_that_is_not_closed_is_told() => Assert.Throws<FormatException>(() => CsvText.Read("a\n\"b"));
}
