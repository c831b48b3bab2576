namespace AiGateway.Storage;

/// <summary>The keys that cookies are sealed with, as text: every node reads those of all.</summary>
internal sealed class DataProtectionKeys(Connections database, TimeProvider time)
{
    public async Task<IReadOnlyList<string>> AllAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        await using var command = connection.Statement("SELECT xml FROM data_protection_keys ORDER BY created_at, id");
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var keys = new List<string>();
        while (await reader.ReadAsync(cancel))
            keys.Add(reader.GetString(0));
        return keys;
    }

    public async Task AddAsync(string id, string xml, CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        await using var command = connection.Statement("INSERT INTO data_protection_keys (id, xml, created_at) VALUES (@id, @xml, @now)",
            ("@id", id), ("@xml", xml), ("@now", time.GetUtcNow().ToUnixTimeMilliseconds()));
        await command.ExecuteNonQueryAsync(cancel);
    }
}
