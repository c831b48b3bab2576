using System.Text.Json;
using AiGateway.Insights;

namespace AiGateway.Tests.Insights;

/// <summary>Whoever opens an export in a spreadsheet runs nothing that a user typed.</summary>
public sealed class TransactionCsvTests
{
    [Theory]
    [InlineData("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0")]
    [InlineData("+1+1", "'+1+1")]
    [InlineData("-2+3", "'-2+3")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData(" =1+1", "' =1+1")]
    [InlineData("\t=1+1", "'\t=1+1")]
    [InlineData("a=1", "a=1")]
    [InlineData("anna@example.com", "anna@example.com")]
    public void A_text_that_a_spreadsheet_would_run_is_made_harmless(string user, string field)
    {
        Assert.Equal(field, Field(user, forSpreadsheets: true));
        Assert.Equal(user, Field(user, forSpreadsheets: false));
    }

    [Fact]
    public void Figures_below_zero_stay_figures() => Assert.Contains(",-5,", TransactionCsv.Line(Row("anna"), forSpreadsheets: true));

    [Fact]
    public void Every_column_has_its_field()
    {
        var row = Row("anna") with { Metadata = JsonElement.Parse("""{"a":"x,\"y\""}""") };
        var line = TransactionCsv.Line(row, forSpreadsheets: true);
        Assert.EndsWith("\"{\"\"a\"\":\"\"x,\\\"\"y\\\"\"\"\"}\"," + "1970-01-01T00:00:00.000Z,1,0,0,0,,,,", line);
        Assert.Equal(TransactionCsv.Columns.Count, Split(line).Count);
    }

    private static string Field(string user, bool forSpreadsheets) => Split(TransactionCsv.Line(Row(user), forSpreadsheets))[1] ?? "";

    private static List<string?> Split(string line)
    {
        var read = AiGateway.Hosting.Commands.CsvText.Read($"{string.Join(',', TransactionCsv.Columns)}\n{line}");
        var (first, columns) = (read.Lines.Single(), TransactionCsv.Columns);
        Assert.Equal(columns.Count, first.FieldCount);
        return [.. columns.Select(column => Raw(line, column, first))];
    }

    /// <summary>The reader trims; a field's own blanks are looked at in the line.</summary>
    private static string? Raw(string line, string column, AiGateway.Hosting.Commands.CsvLine read) => column == "user_id" ? line.Split(',')[1].Trim('"') : read[column];

    private static TransactionView Row(string user) => new(
        Guid.Empty, user, "grant", "token_pack", -5, 5, "0.000000", null, 0, 0, 0, 0, null, null, null, null, null, 1, 0, DateTime.UnixEpoch);
}
