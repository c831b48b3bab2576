using System.Data.Common;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using AiGateway.ConfigFiles;
using AiGateway.Insights;
using AiGateway.Plans;
using AiGateway.Pricing;
using AiGateway.Routes;
using AiGateway.Storage;

namespace AiGateway.Hosting.Commands;

internal enum FindingState { Ok, Warning, Problem }

/// <param name="Fix">What to do; null: nothing.</param>
internal sealed record Finding(string Check, FindingState State, string Found, string? Fix = null)
{
    public static Finding Ok(string check, string found) => new(check, FindingState.Ok, found);
    public static Finding Warning(string check, string found, string fix) => new(check, FindingState.Warning, found, fix);
    public static Finding Problem(string check, string found, string fix) => new(check, FindingState.Problem, found, fix);
}

/// <summary>Everything that serving needs, looked at one after the other; what depends on something broken is left out.</summary>
internal sealed class CheckUp(GatewaySettings settings, IServiceProvider services)
{
    /// <summary>Clocks of machines in step differ by less.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(2);

    /// <summary>The year in which this program was written: an earlier clock is not set.</summary>
    private const int FirstYear = 2026;

    public static async IAsyncEnumerable<Finding> RunAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        var builder = GatewayHost.CreateBuilder([], isCommand: true);
        var (settings, problems) = SettingsReader.Read(builder.Configuration, isProduction: !builder.Environment.IsDevelopment());
        foreach (var problem in problems)
            yield return Split("settings", problem);
        if (problems.Count == 0)
            yield return Finding.Ok("settings", $"{builder.Environment.EnvironmentName}, config in {settings.ConfigFolder}");
        builder.Services.AddNouns(settings);
        builder.Services.AddCommandRoutes(settings);
        await using var services = builder.Services.BuildServiceProvider();
        await foreach (var finding in new CheckUp(settings, services).LookAsync(builder.Configuration[WebHostDefaults.ServerUrlsKey] ?? GatewayHost.DefaultUrl, cancel))
            yield return finding;
    }

    private async IAsyncEnumerable<Finding> LookAsync(string urls, [EnumeratorCancellation] CancellationToken cancel)
    {
        yield return File("routes", () => services.GetRequiredService<RoutesFile>().Status);
        yield return File("plans", () => services.GetRequiredService<PlansFile>().Status);
        var prices = File("prices", () => services.GetRequiredService<PricesFile>().Status);
        yield return prices;
        var database = await DatabaseAsync(cancel);
        yield return database;
        if (database.State == FindingState.Ok && prices.State != FindingState.Problem)
            yield return await PricesAsync(cancel);
        yield return Clock(database.State == FindingState.Ok ? await services.GetRequiredService<ModelReader>().NewestRowAsync(cancel) : null);
        yield return Provider();
        foreach (var url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries))
            yield return Port(url);
    }

    private static Finding File(string check, Func<FileStatus> load)
    {
        try
        {
            var status = load();
            return status.Problems.Count == 0
                ? Finding.Ok(check, $"{status.Path}, version {status.Version}")
                : Finding.Warning(check, string.Join("; ", status.Problems), "look at the lines named");
        }
        catch (ConfigFileException wrong)
        {
            return Finding.Problem(check, string.Join("; ", wrong.Problems), "correct the lines named; `routes validate` checks routes again");
        }
    }

    private async Task<Finding> DatabaseAsync(CancellationToken cancel)
    {
        const string check = "database";
        try
        {
            var state = await services.GetRequiredService<SchemaMigrator>().CheckAsync(cancel);
            if (state == SchemaState.Current)
                await services.GetRequiredService<WriteProbe>().WriteAsync(cancel);
            return state switch
            {
                SchemaState.Current => Finding.Ok(check, $"{settings.Ledger.Provider}, schema current, takes writes"),
                SchemaState.Missing => Finding.Warning(check, "there is none yet", "start the gateway, or run `db migrate`: both make it"),
                SchemaState.Behind => Finding.Warning(check, "its schema is of an older version", "start the gateway, or run `db migrate`: both bring it up to date"),
                SchemaState.Ahead => Finding.Problem(check, "its schema is of a newer version of this program", "use that version, or a copy of the database from before"),
                var unknown => throw new InvalidOperationException($"No words for {unknown}."),
            };
        }
        catch (Exception error) when (error is StoreUnavailableException or DbException or IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return Finding.Problem(check, error.InnerException?.Message ?? error.Message, "check ConnectionStrings__Ledger, the path's permissions and the disk");
        }
    }

    private async Task<Finding> PricesAsync(CancellationToken cancel)
    {
        var book = services.GetRequiredService<IPriceBookSource>().Current;
        var missing = (await services.GetRequiredService<ModelReader>().UsedAsync(cancel)).Select(used => used.Model).Where(model => !book.HasPrice(model)).ToList();
        return missing.Count == 0
            ? Finding.Ok("models without a price", "none in the ledger")
            : Finding.Warning("models without a price", string.Join(", ", missing), "add them to config/prices.json: until then they are charged at the ceiling");
    }

    private Finding Clock(DateTime? newestRow)
    {
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime;
        return now.Year < FirstYear ? Finding.Problem("clock", $"says {now:O}", "set the machine's clock")
            : newestRow is { } row && row - now > ClockTolerance ? Finding.Problem("clock", $"says {now:O}, but the ledger has a row of {row:O}", "set the clocks of all machines by a time server")
            : Finding.Ok("clock", $"{now:O}");
    }

    private Finding Provider() =>
        settings.UsesDemoProvider ? Finding.Warning("provider", "the demo provider answers", "set OPENAI_API_KEY to reach a real one")
        : settings.OpenAiKey is null ? Finding.Warning("provider", $"{settings.OpenAiBaseUrl}, without a key", "set OPENAI_API_KEY unless the provider wants none")
        : Finding.Ok("provider", $"{settings.OpenAiBaseUrl ?? "https://api.openai.com/v1"}, with a key");

    private static Finding Port(string url)
    {
        var address = BindingAddress.Parse(url);
        try
        {
            var ip = IPAddress.TryParse(address.Host, out var parsed) ? parsed : address.Host == "localhost" ? IPAddress.Loopback : IPAddress.Any;
            using var socket = new TcpListener(ip, address.Port);
            socket.Start();
            return Finding.Ok("address", $"{url} is free");
        }
        catch (SocketException taken)
        {
            return Finding.Warning("address", $"{url}: {taken.Message}", "fine if that is this gateway; else stop the other program, or choose another address with --urls");
        }
    }

    // "NAME is wrong: do this."
    private static Finding Split(string check, string problem)
    {
        var at = problem.LastIndexOf(": ", StringComparison.Ordinal);
        return at < 0 ? Finding.Problem(check, problem, "correct it") : Finding.Problem(check, problem[..at], problem[(at + 2)..]);
    }
}
