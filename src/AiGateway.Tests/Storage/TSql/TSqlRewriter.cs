using System.Text;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace AiGateway.Tests.Storage.TSql;

/// <summary>Turns a parsed statement into SQLite's dialect. It knows the forms that we and EF send; another form fails on SQLite, and so is seen.</summary>
internal sealed class TSqlRewriter : TSqlFragmentVisitor
{
    private readonly IList<TSqlParserToken> _tokens;
    private readonly Dictionary<int, (int End, Func<string> Text)> _edits = [];
    private readonly Dictionary<int, string> _after = [];

    private readonly int _end;

    private TSqlRewriter(TSqlFragment statement)
    {
        _end = statement switch
        {
            UpdateStatement update => update.UpdateSpecification.LastTokenIndex,
            _ => statement.LastTokenIndex,
        };
        _tokens = statement.ScriptTokenStream;
        statement.Accept(this);
    }

    public static string Rewrite(TSqlFragment statement) => new TSqlRewriter(statement).Render(statement);

    public override void Visit(OpenJsonTableReference node)
    {
        var columns = node.SchemaDeclarationItems.Select(item =>
        {
            var path = item.Mapping is StringLiteral literal ? literal.Value : "$." + item.ColumnDefinition.ColumnIdentifier.Value;
            var value = path == "$" ? "value" : $"json_extract(value, '{path}')";
            var type = item.ColumnDefinition.DataType.Name.BaseIdentifier.Value.ToLowerInvariant();
            // The forms in which the embedded database keeps times and ids.
            value = type switch { "datetime2" => $"{value} || 'Z'", "uniqueidentifier" => $"upper({value})", _ => value };
            return $"{value} AS {item.ColumnDefinition.ColumnIdentifier.Value}";
        }).ToList();
        Replace(node, () => $"(SELECT {string.Join(", ", columns)} FROM json_each({Render(node.Variable)})) AS {node.Alias.Value}");
    }

    public override void Visit(NamedTableReference node)
    {
        var catalog = (node.SchemaObject.SchemaIdentifier?.Value.ToUpperInvariant(), node.SchemaObject.BaseIdentifier.Value.ToUpperInvariant()) switch
        {
            ("SYS", "DATABASES") => """
                (SELECT 1 AS database_id, setting('ReadCommittedSnapshot') AS is_read_committed_snapshot_on, setting('AllowSnapshotIsolation') AS snapshot_isolation_state,
                 NOT setting('DelayedDurability') AS delayed_durability)
                """,
            ("SYS", "IDENTITY_COLUMNS") => "(SELECT '' AS name, 0 AS object_id WHERE false)",
            ("INFORMATION_SCHEMA", "TABLES") => "(SELECT 'dbo' AS TABLE_SCHEMA, name AS TABLE_NAME FROM sqlite_master WHERE type = 'table')",
            _ => null,
        };
        if (catalog is not null)
            Replace(node, () => catalog);
        else if (node.TableHints.Count > 0)
            Replace(node, () => $"{Render(node.SchemaObject)}{(node.Alias is null ? "" : $" AS {node.Alias.Value}")}");
    }

    public override void Visit(VariableTableReference node) =>
        Replace(node, () => $"[{node.Variable.Name}]{(node.Alias is null ? "" : $" AS {node.Alias.Value}")}");

    public override void Visit(QualifiedJoin node)
    {
        if (node.JoinHint == JoinHint.Loop)
            Remove(node.FirstTableReference.LastTokenIndex, node.SecondTableReference.FirstTokenIndex, "LOOP");
    }

    public override void Visit(QuerySpecification node)
    {
        if (node.TopRowFilter is not { } top)
            return;
        Replace(top, () => "");
        _after[node.LastTokenIndex] = $" LIMIT {Render(top.Expression)}";
    }

    public override void Visit(OffsetClause node) =>
        Replace(node, () => node.FetchExpression is null ? $"LIMIT -1 OFFSET {Render(node.OffsetExpression)}" : $"LIMIT {Render(node.FetchExpression)} OFFSET {Render(node.OffsetExpression)}");

    public override void Visit(PrimaryExpression node)
    {
        if (node.Collation is not { } collation)
            return;
        var keyword = collation.FirstTokenIndex;
        while (!_tokens[keyword].Text.Equals("COLLATE", StringComparison.OrdinalIgnoreCase))
            keyword--;
        _edits[keyword] = (collation.LastTokenIndex, () => "");
    }

    public override void Visit(NextValueForExpression node) => Replace(node, () => $"next_value('{node.SequenceName.BaseIdentifier.Value}')");

    public override void Visit(StringLiteral node)
    {
        if (node.IsNational)
            Replace(node, () => $"'{node.Value.Replace("'", "''", StringComparison.Ordinal)}'");
    }

    public override void Visit(FunctionCall node)
    {
        string At(int i) => Render(node.Parameters[i]);
        switch (node.FunctionName.Value.ToUpperInvariant())
        {
            case "COUNT_BIG": Replace(node.FunctionName, () => "COUNT"); break;
            case "LEN": Replace(node.FunctionName, () => "length"); break;
            case "ISNULL": Replace(node.FunctionName, () => "ifnull"); break;
            case "DB_ID": Replace(node, () => "1"); break;
            case "SCHEMA_NAME": Replace(node, () => "'dbo'"); break;
            case "OBJECT_ID": Replace(node, () => $"(SELECT rowid FROM sqlite_master WHERE name = trim({At(0)}, '[]'))"); break;
            case "CHARINDEX": Replace(node, () => $"instr({At(1)}, {At(0)})"); break;
            case "DATEDIFF" or "DATEDIFF_BIG": Replace(node, () => $"(unixepoch({At(2)}) / 86400)"); break;
            default: break;
        }
    }

    public override void Visit(CreateTableStatement node) => Replace(node, () =>
    {
        var columns = node.Definition.ColumnDefinitions.Select(column =>
            $"{column.ColumnIdentifier.Value} {Affinity(column.DataType)}{(column.Constraints.OfType<NullableConstraintDefinition>().Any(c => !c.Nullable) ? " NOT NULL" : "")}");
        var keys = node.Definition.TableConstraints.OfType<UniqueConstraintDefinition>().Select(key => $"PRIMARY KEY ({string.Join(", ", key.Columns.Select(Render))})");
        return $"CREATE TABLE {Render(node.SchemaObjectName)} ({string.Join(", ", columns.Concat(keys))})";
    });

    /// <summary>The only variables that are read are what procedures return: 0 is fine.</summary>
    public override void Visit(SelectScalarExpression node)
    {
        if (node.Expression is VariableReference { Name: "@result" })
            Replace(node, () => "0");
    }

    public override void Visit(GlobalVariableExpression node)
    {
        if (node.Name.Equals("@@ROWCOUNT", StringComparison.OrdinalIgnoreCase))
            Replace(node, () => "changes()");
    }

    public override void Visit(OutputClause node)
    {
        Replace(node, () => "");
        _after[_end] = $" RETURNING {string.Join(", ", node.SelectColumns.Select(Render))}";
    }

    public override void Visit(UpdateSpecification node)
    {
        if (node.FromClause?.TableReferences is not [QualifiedJoin join])
            return;
        Replace(node, () =>
        {
            var target = (NamedTableReference)join.SecondTableReference;
            var where = node.WhereClause is null ? "" : $" AND ({Render(node.WhereClause.SearchCondition)})";
            return $"UPDATE {Render(target)} SET {string.Join(", ", node.SetClauses.Select(Render))} FROM {Render(join.FirstTableReference)} WHERE ({Render(join.SearchCondition)}){where}";
        });
    }

    private static string Affinity(DataTypeReference type) => TSqlTypes.Family(type.Name.BaseIdentifier.Value) switch
    {
        "bigint" or "int" or "bit" => "INTEGER",
        "varbinary" => "BLOB",
        "decimal" => "TEXT",
        _ => "TEXT",
    };

    private void Replace(TSqlFragment node, Func<string> text) => _edits.TryAdd(node.FirstTokenIndex, (node.LastTokenIndex, text));

    private void Remove(int from, int to, string word)
    {
        for (var i = from; i <= to; i++)
            if (_tokens[i].Text.Equals(word, StringComparison.OrdinalIgnoreCase))
                _edits[i] = (i, () => "");
    }

    private string Render(TSqlFragment node)
    {
        var text = new StringBuilder();
        for (var i = node.FirstTokenIndex; i <= node.LastTokenIndex; i++)
        {
            // An edit of the whole is being rendered already, unless it lies within.
            if (_edits.Remove(i, out var edit) && edit.End <= node.LastTokenIndex)
            {
                text.Append(edit.Text());
                _edits[i] = edit;
                i = edit.End;
            }
            else
            {
                if (edit.Text is not null)
                    _edits[i] = edit;
                text.Append(_tokens[i].Text);
            }
            if (_after.TryGetValue(i, out var more))
                text.Append(more);
        }
        return text.ToString();
    }
}
