using System.CommandLine;
using System.Data.Common;
using AiGateway.Accounts;
using AiGateway.ConfigFiles;
using AiGateway.Ledger;
using AiGateway.Storage;

namespace AiGateway.Hosting.Commands;

/// <summary>
/// What a verb works with: the same nouns as the gateway, on the same database, without serving. The ledger's writer runs from the first
/// use to the end of the verb; beside a gateway the two take turns, as two gateways do.
/// </summary>
internal sealed class CommandScope : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private bool _writes;

    private CommandScope(ServiceProvider services, GatewaySettings settings, CommandOutput output)
    {
        (_services, Settings, Output) = (services, settings, output);
    }

    public GatewaySettings Settings { get; }

    public CommandOutput Output { get; }

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    /// <summary>The only door to the ledger, with its writer running.</summary>
    public Bookkeeper Ledger()
    {
        _writes = true;
        Get<LedgerWriter>().Start();
        return Get<Bookkeeper>();
    }

    /// <summary>Runs a verb that needs the configuration, but no database.</summary>
    public static Task<int> RunAsync(ParseResult parse, Func<CommandScope, Task<int>> work) => GuardAsync(parse, work);

    /// <summary>Runs a verb on a database whose schema is this program's.</summary>
    public static Task<int> OnDatabaseAsync(ParseResult parse, Func<CommandScope, Task<int>> work, CancellationToken cancel) =>
        GuardAsync(parse, async scope => await scope.SchemaProblemAsync(cancel) is { } problem ? scope.Output.Fail(ExitCodes.Misconfigured, problem) : await work(scope));

    /// <returns>Null: the database is ready.</returns>
    public async Task<string?> SchemaProblemAsync(CancellationToken cancel) => await Get<SchemaMigrator>().CheckAsync(cancel) switch
    {
        SchemaState.Current => null,
        SchemaState.Missing => "There is no database yet (ConnectionStrings__Ledger): run `db migrate`, or start the gateway once.",
        SchemaState.Behind => "The database is of an older version: run `db migrate`, or start the gateway once.",
        SchemaState.Ahead => "The database was migrated by a newer version of this program: use that one.",
        var unknown => throw new InvalidOperationException($"No words for {unknown}."),
    };

    public async ValueTask DisposeAsync()
    {
        if (_writes)
            await Get<LedgerWriter>().StopAsync();
        await _services.DisposeAsync();
    }

    private static async Task<int> GuardAsync(ParseResult parse, Func<CommandScope, Task<int>> work)
    {
        var output = Verbs.Output(parse);
        try
        {
            var builder = GatewayHost.CreateBuilder([], isCommand: true);
            // What only serving needs (the provider's key, Stripe's) is not asked of a verb.
            var (settings, problems) = SettingsReader.Read(builder.Configuration, isProduction: false);
            if (problems.Count > 0)
                return Misconfigured.Report(problems);
            settings = settings with { IsProduction = builder.Environment.IsProduction() };
            builder.Services.AddNouns(settings);
            builder.Services.AddCommandRoutes(settings);
            await using var scope = new CommandScope(builder.Services.BuildServiceProvider(), settings, output);
            return await work(scope);
        }
        catch (Exception wrong) when (wrong is ConfigFileException or SchemaRefusedException)
        {
            return output.Fail(ExitCodes.Misconfigured, wrong.Message);
        }
        catch (Exception error) when (error is LedgerUnavailableException or StoreUnavailableException or KeysUnavailableException or DbException)
        {
            return output.Fail(ExitCodes.Error, $"The ledger is unavailable: {error.InnerException?.Message ?? error.Message}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return output.Fail(ExitCodes.Error, error.Message);
        }
        catch (Exception bug) when (bug is not OperationCanceledException)
        {
            return output.Fail(ExitCodes.Error, bug.ToString());
        }
    }
}
