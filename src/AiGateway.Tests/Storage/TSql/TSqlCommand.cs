using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace AiGateway.Tests.Storage.TSql;

/// <summary>Parses what it was given, runs it statement by statement, and keeps what each returned.</summary>
internal sealed class TSqlCommand : DbCommand
{
    // Makes parameters; it is never run.
    private readonly SqliteCommand _parameters = new();

    [AllowNull]
    public override string CommandText { get; set; } = "";

    public override int CommandTimeout { get; set; } = 30;

    public override CommandType CommandType { get; set; } = CommandType.Text;

    public override bool DesignTimeVisible { get; set; }

    public override UpdateRowSource UpdatedRowSource { get; set; }

    protected override DbConnection? DbConnection { get; set; }

    protected override DbParameterCollection DbParameterCollection => _parameters.Parameters;

    protected override DbTransaction? DbTransaction { get; set; }

    public override void Cancel() { }

    public override void Prepare() { }

    public override int ExecuteNonQuery()
    {
        var (_, changed) = Run();
        return changed;
    }

    public override object? ExecuteScalar()
    {
        using var reader = new TSqlReader(Run().Results, 0, null);
        return reader.Read() ? reader.GetValue(0) : null;
    }

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior)
    {
        var (results, changed) = Run();
        return new TSqlReader(results, changed, (behavior & CommandBehavior.CloseConnection) != 0 ? Connection : null);
    }

    protected override DbParameter CreateDbParameter() => _parameters.CreateParameter();

    private TSqlConnection Link => DbConnection as TSqlConnection ?? throw new InvalidOperationException("The command has no connection.");

    private (List<TSqlResult> Results, int Changed) Run()
    {
        Link.Server.Note(CommandText, DbParameterCollection);
        var (results, changed) = (new List<TSqlResult>(), 0);
        try
        {
            foreach (var statement in TSqlText.Parse(CommandText).Batches.SelectMany(batch => batch.Statements))
                Step(statement, results, ref changed);
        }
        catch (SqliteException error)
        {
            throw error.SqliteErrorCode switch
            {
                19 => new TSqlException(Refusal(error.SqliteExtendedErrorCode), error.Message, error),
                1 when error.Message.Contains("no such table", StringComparison.Ordinal) => new TSqlException(TSqlException.NoSuchTable, error.Message, error),
                5 or 6 => new TSqlException(TSqlException.LockTimeout, error.Message, error),
                _ => new InvalidOperationException($"The rewriter does not know this form ({error.Message}):\n{CommandText}", error),
            };
        }
        return (results, changed);
    }

    private static int Refusal(int constraint) => constraint switch
    {
        1299 => TSqlException.NullRefused,
        1811 => TSqlException.CheckRefused,
        _ => TSqlException.Duplicate,
    };

    private int _lastChanged;

    private void Step(TSqlStatement statement, List<TSqlResult> results, ref int changed)
    {
        switch (statement)
        {
            case PredicateSetStatement or SetCommandStatement:
                break;
            case DeclareTableVariableStatement table:
                var variable = table.Body.VariableName.Value;
                Plain($"DROP TABLE IF EXISTS temp.[{variable}]");
                Plain($"CREATE TEMP TABLE [{variable}] ({string.Join(", ", table.Body.Definition.ColumnDefinitions.Select(c => $"{c.ColumnIdentifier.Value} INTEGER{(c.Constraints.OfType<UniqueConstraintDefinition>().Any() ? " PRIMARY KEY" : "")}"))})");
                break;
            case IfStatement { ThenStatement: ThrowStatement, Predicate: BooleanComparisonExpression { SecondExpression: VariableReference expected } }:
                if (_lastChanged != Convert.ToInt32(_parameters.Parameters[expected.Name].Value))
                    throw new TSqlException(50001, "a row is missing");
                break;
            case IfStatement choice when IsTrue(choice.Predicate):
                Step(choice.ThenStatement, results, ref changed);
                break;
            case IfStatement:
                break;
            case BeginEndBlockStatement block:
                foreach (var inner in block.StatementList.Statements)
                    Step(inner, results, ref changed);
                break;
            case CreateTableStatement or CreateIndexStatement or DropTableStatement:
                Plain(TSqlRewriter.Rewrite(statement));
                break;
            // Sequences count by themselves, and locks of the session are taken by nobody else.
            case CreateSequenceStatement or DropSequenceStatement or DeclareVariableStatement or ExecuteStatement:
                break;
            case AlterDatabaseSetStatement when Link.Server.RefusesDatabases:
                throw new TSqlException(TSqlException.MayNotMakeDatabases, "ALTER DATABASE permission denied.");
            case AlterDatabaseSetStatement setting:
                foreach (var option in setting.Options)
                    Link.Server.Settings[$"{option.OptionKind}"] = true;
                break;
            case CreateDatabaseStatement or DropDatabaseStatement when Link.Server.RefusesDatabases:
                throw new TSqlException(TSqlException.MayNotMakeDatabases, "CREATE DATABASE permission denied in database 'master'.");
            case CreateDatabaseStatement made:
                Link.Server.Databases?.TryAdd(made.DatabaseName.Value, true);
                break;
            case DropDatabaseStatement dropped:
                foreach (var name in dropped.Databases)
                    Link.Server.Databases?.TryRemove(name.Value, out _);
                break;
            case TransactionStatement:
                throw new TSqlException(TSqlException.TransactionCount, "Transaction count after EXECUTE indicates a mismatching number of BEGIN and COMMIT statements.");
            case SelectStatement or InsertStatement or UpdateStatement or DeleteStatement:
                changed += _lastChanged = Execute(statement, results);
                break;
            default:
                throw new NotSupportedException($"{statement.GetType().Name} is not one of the forms that are run: {CommandText}");
        }
    }

    private int Execute(TSqlStatement statement, List<TSqlResult> results)
    {
        using var command = Link.Inner.CreateCommand();
        command.CommandText = TSqlRewriter.Rewrite(statement);
        foreach (SqliteParameter parameter in _parameters.Parameters)
            command.Parameters.Add(Copy(parameter));
        using var reader = command.ExecuteReader();
        if (reader.FieldCount == 0)
            return reader.RecordsAffected;
        var rows = new List<object?[]>();
        while (reader.Read())
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : reader.GetValue(i))]);
        results.Add(new TSqlResult([.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)], TSqlResultTypes.Of(statement, _parameters.Parameters), rows));
        return 0;
    }

    private static SqliteParameter Copy(SqliteParameter parameter) => new(
        parameter.ParameterName.StartsWith('@') ? parameter.ParameterName : "@" + parameter.ParameterName,
        parameter.Value switch
        {
            DateTime at => at.ToString(AiGateway.Storage.SqliteDb.TimeFormat, System.Globalization.CultureInfo.InvariantCulture),
            Guid id => id.ToString().ToUpperInvariant(),
            null => DBNull.Value,
            var value => value,
        });

    private bool IsTrue(BooleanExpression predicate)
    {
        using var command = Link.Inner.CreateCommand();
        // The parser leaves the word EXISTS out of the place that it gives such a predicate.
        var condition = predicate is ExistsPredicate exists ? $"EXISTS {TSqlRewriter.Rewrite(exists.Subquery)}" : TSqlRewriter.Rewrite(predicate);
        command.CommandText = $"SELECT CASE WHEN {condition} THEN 1 ELSE 0 END";
        return command.ExecuteScalar() is 1L;
    }

    private void Plain(string sql)
    {
        using var command = Link.Inner.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
