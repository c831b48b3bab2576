using Microsoft.SqlServer.Dac.Model;
using Dac = Microsoft.SqlServer.Dac.Model;

namespace AiGateway.Tests.Storage.TSql;

/// <summary>The migrated schema as SQL Server's schema compiler sees it, and what statements mean in it.</summary>
internal sealed class TSqlModel : IDisposable
{
    /// <summary>What belongs to the server itself and is in no schema of ours, as its documentation has it.</summary>
    private static readonly HashSet<string> OfTheServer = new(StringComparer.Ordinal)
    {
        "[sys].[databases]", "[sys].[databases].[database_id]", "[sys].[databases].[is_read_committed_snapshot_on]", "[sys].[databases].[snapshot_isolation_state]",
        "[sys].[databases].[delayed_durability]", "[sys].[identity_columns]", "[sys].[identity_columns].[name]", "[sys].[identity_columns].[object_id]",
        "[INFORMATION_SCHEMA].[TABLES]", "[INFORMATION_SCHEMA].[TABLES].[TABLE_SCHEMA]",
        "[dbo].[sp_getapplock]", "[dbo].[sp_getapplock].[@Resource]", "[dbo].[sp_getapplock].[@LockOwner]", "[dbo].[sp_getapplock].[@LockMode]",
        "[dbo].[sp_releaseapplock]", "[dbo].[sp_releaseapplock].[@Resource]", "[dbo].[sp_releaseapplock].[@LockOwner]",
    };

    private readonly Dac.TSqlModel _model = new(SqlServerVersion.Sql160, new TSqlModelOptions());

    public TSqlModel()
    {
        foreach (var statement in TSqlSchema.Objects())
            _model.AddObjects(statement);
    }

    /// <summary>How many tables the migrations make.</summary>
    public int Tables => _model.GetObjects(DacQueryScopes.UserDefined, Table.TypeClass).Count();

    /// <summary>Adds each statement as the body of a procedure, whose names the compiler must then find.</summary>
    /// <returns>Every error and every name that was not found, with its statement.</returns>
    public IReadOnlyList<string> Problems(IEnumerable<SentStatement> statements)
    {
        var texts = statements.Select(statement => statement.Text).ToList();
        foreach (var (statement, i) in statements.Select((statement, i) => (statement, i)))
        {
            var parameters = string.Join(", ", statement.Parameters.Select(p => $"{(p.Name.StartsWith('@') ? "" : "@")}{p.Name} {p.Type}"));
            _model.AddObjects($"CREATE PROCEDURE [dbo].[sent_{i}] {(parameters.Length > 0 ? $"({parameters})" : "")} AS BEGIN\n{statement.Text}\nEND");
        }
        return [.. _model.Validate().Where(message => !OfTheServer.Contains(NameIn(message.Message))).Select(message => $"{message.MessageType} {message.Prefix}{message.Number}: {message.Message}{Of(message.Message, texts)}")];
    }

    public void Dispose() => _model.Dispose();

    /// <summary>The name that was not found.</summary>
    private static string NameIn(string message)
    {
        const string before = "unresolved reference to object ";
        var at = message.IndexOf(before, StringComparison.Ordinal);
        return at < 0 ? "" : message[(at + before.Length)..].TrimEnd('.');
    }

    private static string Of(string message, List<string> texts)
    {
        var at = message.IndexOf("[sent_", StringComparison.Ordinal);
        return at < 0 ? "" : $"\n{texts[int.Parse(message[(at + 6)..message.IndexOf(']', at)], System.Globalization.CultureInfo.InvariantCulture)]}";
    }
}
