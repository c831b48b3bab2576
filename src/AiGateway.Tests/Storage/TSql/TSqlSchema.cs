using AiGateway.Storage;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace AiGateway.Tests.Storage.TSql;

/// <summary>What the migrations come to, statement by statement, without what EF puts around them.</summary>
internal static class TSqlSchema
{
    /// <summary>Tables, indexes, sequences.</summary>
    public static IEnumerable<string> Objects() => Made().Where(statement => statement is not InsertStatement).Select(Text);

    /// <summary>As <see cref="Objects"/>, with the rows that belong to an empty ledger.</summary>
    public static IEnumerable<string> Statements() => Made().Select(Text);

    /// <summary>Takes away what they make, where it is there.</summary>
    public static IEnumerable<string> Drops() => Made().Select(statement => statement switch
    {
        CreateTableStatement table => $"DROP TABLE IF EXISTS [{table.SchemaObjectName.BaseIdentifier.Value}]",
        CreateSequenceStatement sequence => $"DROP SEQUENCE IF EXISTS [{sequence.Name.BaseIdentifier.Value}]",
        _ => null,
    }).OfType<string>();

    public static string Script(MigrationsSqlGenerationOptions options)
    {
        using var db = new SqlServerDbFactory(new SqlServerSource("Server=unused;Database=unused")).CreateDbContext();
        return db.GetService<IMigrator>().GenerateScript(Migration.InitialDatabase, null, options);
    }

    private static List<TSqlStatement> Made()
    {
        var made = new Makers();
        TSqlText.Parse(Script(MigrationsSqlGenerationOptions.Default)).Accept(made);
        return made.Statements;
    }

    private static string Text(TSqlStatement statement)
    {
        new Sql160ScriptGenerator().GenerateScript(statement, out var text);
        return text;
    }

    private sealed class Makers : TSqlFragmentVisitor
    {
        public List<TSqlStatement> Statements { get; } = [];

        public override void Visit(CreateTableStatement node) => Statements.Add(node);

        public override void Visit(CreateIndexStatement node) => Statements.Add(node);

        public override void Visit(CreateSequenceStatement node) => Statements.Add(node);

        public override void Visit(InsertStatement node) => Statements.Add(node);
    }
}
