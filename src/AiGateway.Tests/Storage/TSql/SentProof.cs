namespace AiGateway.Tests.Storage.TSql;

/// <summary>What SQL Server's parser and schema compiler say to everything that recorded servers were sent in this process.</summary>
internal sealed record SentProof(int Statements, IReadOnlyList<string> Refused, IReadOnlyList<string> Unresolved)
{
    public static SentProof OfAll()
    {
        var sent = TSqlServer.Sent.Values.OrderBy(statement => statement.Text, StringComparer.Ordinal).ToList();
        var refused = sent.Select(Refusal).OfType<string>().ToList();
        using var model = new TSqlModel();
        return new SentProof(sent.Count, refused, model.Problems(sent));
    }

    public override string ToString() => $"{Statements} statements, {Refused.Count} parse errors, {Unresolved.Count} unresolved names";

    private static string? Refusal(SentStatement statement)
    {
        try
        {
            TSqlText.Parse(statement.Text);
            return null;
        }
        catch (FormatException error)
        {
            return error.Message;
        }
    }
}
