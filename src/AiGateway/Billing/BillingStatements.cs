using AiGateway.Storage;

namespace AiGateway.Billing;

/// <summary>One statement on a connection of its own.</summary>
internal static class BillingStatements
{
    /// <returns>How many rows were concerned.</returns>
    public static async Task<int> RunAsync(this Connections database, string sql, CancellationToken cancel, params (string, object?)[] parameters)
    {
        await using var connection = await database.OpenAsync(cancel);
        await using var command = connection.Statement(sql, parameters);
        return await command.ExecuteNonQueryAsync(cancel);
    }
}
