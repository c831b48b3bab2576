using System.Data.Common;

namespace AiGateway.Storage;

/// <summary>Whether the database takes a write, found out by making one that changes nothing.</summary>
internal sealed class WriteProbe(Connections database)
{
    /// <exception cref="DbException">It does not: locked, full, read-only or gone.</exception>
    /// <exception cref="StoreUnavailableException">It is there, and is not this program's.</exception>
    public async Task WriteAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        await using var command = connection.Statement("UPDATE gateway_state SET value = value WHERE name = 'key_list_version'");
        if (await command.ExecuteNonQueryAsync(cancel) != 1)
            throw new StoreUnavailableException("gateway_state has no key_list_version.");
    }
}
