using System.Collections.Concurrent;
using System.Data.Common;
using System.Security.Cryptography;
using AiGateway.Storage;

namespace AiGateway.Ledger;

/// <summary>
/// Which node does what one node shall do. A lease is taken for a time and asked for again before each step; one that its holder no
/// longer asks for runs out, and whoever asks next has it. It spares double work and guards no money: clocks may differ, and a node that
/// was stopped for long may wake in the middle of a step that another has begun, so what is done under a lease must bear being done twice.
/// </summary>
internal sealed class Leases(Connections database, TimeProvider time)
{
    private const int LongestMachineName = 64;

    private readonly ConcurrentDictionary<string, long> _until = new(StringComparer.Ordinal);

    /// <summary>This process, as it stands in the table.</summary>
    public string Node { get; } = $"{Shortened(Environment.MachineName)}/{Environment.ProcessId}/{RandomNumberGenerator.GetHexString(8, lowercase: true)}";

    /// <summary>Takes the lease where it is free, or keeps it where it is this node's.</summary>
    /// <param name="name">At most 64 characters.</param>
    /// <param name="term">How long it lasts without being asked for again: three steps of the work, say.</param>
    /// <returns>False: another node has it.</returns>
    /// <exception cref="DbException">Nothing is known.</exception>
    public async Task<bool> TakeAsync(string name, TimeSpan term, CancellationToken cancel)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var length = term.Ticks / TimeSpan.TicksPerMillisecond;
        // Half of it is left: nobody else can have it, and nothing needs to be written.
        if (_until.TryGetValue(name, out var until) && until - now is var left && left > length / 2 && left <= length)
            return true;
        await using var connection = await database.OpenAsync(cancel);
        var isOurs = await ExtendAsync(connection, name, now, now + length, cancel) || await InsertAsync(connection, name, now + length, cancel);
        if (isOurs)
            _until[name] = now + length;
        else
            _until.TryRemove(name, out _);
        return isOurs;
    }

    /// <summary>Gives it back, so that another node need not wait for its end.</summary>
    public async Task ReleaseAsync(string name, CancellationToken cancel)
    {
        if (!_until.TryRemove(name, out _))
            return;
        await using var connection = await database.OpenAsync(cancel);
        await using var command = connection.Statement("UPDATE leases SET expires_at = 0 WHERE name = @name AND holder = @node", ("@name", name), ("@node", Node));
        await command.ExecuteNonQueryAsync(cancel);
    }

    private async Task<bool> ExtendAsync(DbConnection connection, string name, long now, long until, CancellationToken cancel)
    {
        await using var command = connection.Statement(
            "UPDATE leases SET holder = @node, expires_at = @until WHERE name = @name AND (holder = @node OR expires_at <= @now)",
            ("@node", Node), ("@until", until), ("@name", name), ("@now", now));
        return await command.ExecuteNonQueryAsync(cancel) == 1;
    }

    /// <returns>False: the row is there, so it is another node's.</returns>
    private async Task<bool> InsertAsync(DbConnection connection, string name, long until, CancellationToken cancel)
    {
        try
        {
            await using var command = connection.Statement(
                "INSERT INTO leases (name, holder, expires_at) SELECT @name, @node, @until WHERE NOT EXISTS (SELECT 1 FROM leases WHERE name = @name)",
                ("@name", name), ("@node", Node), ("@until", until));
            return await command.ExecuteNonQueryAsync(cancel) == 1;
        }
        catch (DbException)
        {
            // Two may look at once, and the primary key stops the second: then there is a row now. Else the failure stands.
            await using var look = connection.Statement("SELECT holder FROM leases WHERE name = @name", ("@name", name));
            if (await look.ExecuteScalarAsync(cancel) is not string)
                throw;
            return false;
        }
    }

    private static string Shortened(string name) => name.Length > LongestMachineName ? name[..LongestMachineName] : name;
}
