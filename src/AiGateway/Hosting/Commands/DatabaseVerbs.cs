using System.CommandLine;
using AiGateway.Storage;

namespace AiGateway.Hosting.Commands;

/// <summary>db: the schema.</summary>
internal static class DatabaseVerbs
{
    private sealed record Status(string Provider, SchemaState Schema, string? Fix);

    public static Command Make() => new Command("db", "The database's schema: migrate, status, script.").With(
        new Command("migrate", "Create the database, or bring it to this program's version.").Does(MigrateAsync),
        new Command("status", "Where the database stands; exit code 78 where it is not ready.").Does(StatusAsync),
        new Command("script", "The statements that make an empty database.").Does((scope, _, _) =>
        {
            scope.Output.Text(scope.Get<SchemaMigrator>().Script());
            return Task.FromResult(ExitCodes.Ok);
        }));

    private static async Task<int> MigrateAsync(CommandScope scope, ParseResult parse, CancellationToken cancel)
    {
        if (await scope.Get<SchemaMigrator>().CheckAsync(cancel) != SchemaState.Ahead)
            await scope.Get<SchemaMigrator>().EnsureAsync(cancel);
        return await StatusAsync(scope, parse, cancel);
    }

    private static async Task<int> StatusAsync(CommandScope scope, ParseResult parse, CancellationToken cancel)
    {
        var problem = await scope.SchemaProblemAsync(cancel);
        scope.Output.One(new Status(scope.Settings.Ledger.Provider.ToString(), await scope.Get<SchemaMigrator>().CheckAsync(cancel), problem));
        return problem is null ? ExitCodes.Ok : ExitCodes.Misconfigured;
    }
}
