using System.Data.Common;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace AiGateway.Tests.Storage.TSql;

/// <param name="Types">SQL Server's type of each column; null where it could not be told.</param>
internal sealed record TSqlResult(IReadOnlyList<string> Names, IReadOnlyList<string?> Types, IReadOnlyList<object?[]> Rows);

/// <summary>Tells the types of a query's columns, so that a getter of the wrong type fails here as it does on the server.</summary>
internal static class TSqlResultTypes
{
    public static IReadOnlyList<string?> Of(TSqlStatement statement, DbParameterCollection parameters) => statement switch
    {
        SelectStatement { QueryExpression: var query } when First(query) is { } select => Of(select.SelectElements, select.FromClause, parameters),
        UpdateStatement { UpdateSpecification.OutputClause: { } output } => Of(output.SelectColumns, null, parameters),
        _ => [],
    };

    private static IReadOnlyList<string?> Of(IEnumerable<SelectElement> elements, FromClause? from, DbParameterCollection parameters) =>
        [.. elements.OfType<SelectScalarExpression>().Select(element => Of(element.Expression, from, parameters))];

    private static QuerySpecification? First(QueryExpression query) => query switch
    {
        QuerySpecification select => select,
        BinaryQueryExpression both => First(both.FirstQueryExpression),
        QueryParenthesisExpression inner => First(inner.QueryExpression),
        _ => null,
    };

    private static string? Of(ScalarExpression expression, FromClause? from, DbParameterCollection parameters) => expression switch
    {
        ColumnReferenceExpression column => OfColumn(column, from),
        CastCall cast => TSqlTypes.Family(cast.DataType.Name.BaseIdentifier.Value),
        NextValueForExpression => "bigint",
        IntegerLiteral or GlobalVariableExpression => "int",
        StringLiteral => "nvarchar",
        ParenthesisExpression inner => Of(inner.Expression, from, parameters),
        SearchedCaseExpression { WhenClauses: [var when, ..] } => Of(when.ThenExpression, from, parameters),
        CoalesceExpression { Expressions: [var first, ..] } => Of(first, from, parameters),
        FunctionCall call => OfCall(call, from, parameters),
        VariableReference variable when parameters.Contains(variable.Name) => TSqlTypes.Family(TSqlTypes.Of(parameters[variable.Name])),
        // A procedure's answer.
        VariableReference => "int",
        _ => null,
    };

    private static string? OfCall(FunctionCall call, FromClause? from, DbParameterCollection parameters) => call.FunctionName.Value.ToUpperInvariant() switch
    {
        "COUNT" or "DATEDIFF" => "int",
        "COUNT_BIG" => "bigint",
        "SUM" or "MAX" or "MIN" when call.Parameters is [var of, ..] => Of(of, from, parameters),
        _ => null,
    };

    private static string? OfColumn(ColumnReferenceExpression column, FromClause? from)
    {
        if (column.MultiPartIdentifier?.Identifiers is not { } parts)
            return null;
        var name = parts[^1].Value;
        if (parts.Count > 1 && from is not null && new Tables(from).OfAlias(parts[^2].Value) is { } table)
            return TSqlTypes.Of(table, name);
        return TSqlTypes.OfAny(name);
    }

    /// <summary>Which table an alias stands for, where it stands for one.</summary>
    private sealed class Tables : TSqlFragmentVisitor
    {
        private readonly Dictionary<string, string> _aliases = new(StringComparer.OrdinalIgnoreCase);

        public Tables(FromClause from) => from.Accept(this);

        public string? OfAlias(string alias) => _aliases.GetValueOrDefault(alias);

        public override void Visit(NamedTableReference node) => _aliases[(node.Alias ?? node.SchemaObject.BaseIdentifier).Value] = node.SchemaObject.BaseIdentifier.Value;
    }
}
