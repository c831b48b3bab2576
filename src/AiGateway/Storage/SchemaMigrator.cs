namespace AiGateway.Storage;

/// <summary>Brings a database to the schema that this program was built for.</summary>
internal abstract class SchemaMigrator
{
    /// <summary>Where the database stands, read without EF: that costs the better part of a second, and most starts find nothing to do.</summary>
    public abstract Task<SchemaState> CheckAsync(CancellationToken cancel);

    /// <summary>Creates or migrates where needed. Any number of processes may call it at once.</summary>
    /// <exception cref="SchemaRefusedException">This program must not work on the database as it is.</exception>
    public abstract Task EnsureAsync(CancellationToken cancel);

    /// <summary>The statements that <see cref="EnsureAsync"/> would run on an empty database.</summary>
    public abstract string Script();
}

/// <summary>A sentence on why this program must not work on the database as it is, with what to do.</summary>
internal sealed class SchemaRefusedException(string message) : Exception(message);

internal enum SchemaState
{
    Missing,
    Behind,
    Current,
    /// <summary>A newer program has migrated it: this one must not touch it.</summary>
    Ahead,
}
