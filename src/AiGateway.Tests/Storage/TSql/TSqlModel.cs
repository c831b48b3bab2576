using AiGateway.Storage;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.SqlServer.Dac.Model;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using Dac = Microsoft.SqlServer.Dac.Model;

namespace AiGateway.Tests.Storage.TSql;

/// <summary>The migrated schema as SQL Server's schema compiler sees it, and what statements mean in it.</summary>
internal sealed class TSqlModel : IDisposable
{
    private readonly Dac.TSqlModel _model = new(SqlServerVersion.Sql160, new TSqlModelOptions());

    public TSqlModel()
    {
        foreach (var statement in SchemaStatements())
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
        return [.. _model.Validate().Select(message => $"{message.MessageType} {message.Prefix}{message.Number}: {message.Message}{Of(message.Message, texts)}")];
    }

    public void Dispose() => _model.Dispose();

    /// <summary>The statements with which the migrations make tables, indexes and sequences.</summary>
    private static IEnumerable<string> SchemaStatements()
    {
        var made = new Makers();
        TSqlText.Parse(Script(MigrationsSqlGenerationOptions.Default)).Accept(made);
        foreach (var statement in made.Statements)
        {
            new Sql160ScriptGenerator().GenerateScript(statement, out var text);
            yield return text;
        }
    }

    public static string Script(MigrationsSqlGenerationOptions options)
    {
        using var db = new SqlServerDbFactory(new SqlServerSource("Server=unused;Database=unused")).CreateDbContext();
        return db.GetService<IMigrator>().GenerateScript(Migration.InitialDatabase, null, options);
    }

    private static string Of(string message, List<string> texts)
    {
        var at = message.IndexOf("[sent_", StringComparison.Ordinal);
        return at < 0 ? "" : $"\n{texts[int.Parse(message[(at + 6)..message.IndexOf(']', at)], System.Globalization.CultureInfo.InvariantCulture)]}";
    }

    private sealed class Makers : TSqlFragmentVisitor
    {
        public List<TSqlStatement> Statements { get; } = [];

        public override void Visit(CreateTableStatement node) => Statements.Add(node);

        public override void Visit(CreateIndexStatement node) => Statements.Add(node);

        public override void Visit(CreateSequenceStatement node) => Statements.Add(node);
    }
}
