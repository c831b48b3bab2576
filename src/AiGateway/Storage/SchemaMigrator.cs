namespace AiGateway.Storage;

/// <summary>Brings a database to the schema that this program was built for.</summary>
internal abstract class SchemaMigrator
{
    /// <summary>Where the database stands, read without EF: that costs the better part of a second, and most starts find nothing to do.</summary>
    public abstract Task<SchemaState> CheckAsync(CancellationToken cancel);

    /// <summary>Creates or migrates where needed. Any number of processes may call it at once.</summary>
    public abstract Task EnsureAsync(CancellationToken cancel);

    /// <summary>The statements that <see cref="EnsureAsync"/> would run on an empty database.</summary>
    public abstract string Script();
}

internal enum SchemaState
{
    Missing,
    Behind,
    Current,
    /// <summary>A newer program has migrated it: this one must not touch it.</summary>
    Ahead,
}
