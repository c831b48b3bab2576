using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Data.Sqlite;

namespace AiGateway.Tests.Support;

/// <summary>A gateway process with a fake provider behind it and a database of its own: what most end-to-end tests begin with.</summary>
internal sealed class RunningGateway : IAsyncDisposable
{
    public const string AdminKey = "admin-key-of-the-tests-0123456789abcdef";
    public const string DatabaseFile = "gateway.db";
    public const string ProviderKey = "sk-provider-key-of-the-tests";

    private readonly TempFolder folder = new();
    private readonly List<GatewayProcess> nodes = [];
    private MadeKey? app;

    private RunningGateway(FakeProvider provider) => Provider = provider;

    public FakeProvider Provider { get; }

    public GatewayProcess Process => nodes[0];

    /// <summary>All processes on the one database.</summary>
    public IReadOnlyList<GatewayProcess> Nodes => nodes;

    public string Database => folder.File(DatabaseFile);

    /// <summary>The working directory of its processes.</summary>
    public string Folder => folder.Root;

    public AdminClient Admin => new(Process.Client, AdminKey);

    /// <param name="settings">Environment besides the usual; null takes the defaults of the product.</param>
    /// <param name="processes">How many gateways share the database.</param>
    /// <param name="prepare">Puts files into the working directory before the start.</param>
    /// <param name="configure">As <paramref name="prepare"/>, for files that name the provider's address.</param>
    public static async Task<RunningGateway> StartAsync(
        IReadOnlyDictionary<string, string>? settings = null, int processes = 1, Action<string>? prepare = null, Action<RunningGateway>? configure = null,
        HttpProtocols provider = HttpProtocols.Http1)
    {
        var gateway = new RunningGateway(await FakeProvider.StartAsync(provider));
        try
        {
            prepare?.Invoke(gateway.Folder);
            configure?.Invoke(gateway);
            if (!File.Exists(gateway.Database))
                await EmptyDatabase.WriteAsync(gateway.Database);
            for (var node = 0; node < processes; node++)
                await gateway.AddNodeAsync(settings);
            return gateway;
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    /// <summary>Lifts the hourly limit out of the way of tests about something else.</summary>
    public static Dictionary<string, string> WithoutHourlyLimit() => HourlyLimit(1_000_000);

    public static Dictionary<string, string> HourlyLimit(int calls) => new()
    {
        ["ClientRateLimiting__GeneralRules__0__Endpoint"] = "*",
        ["ClientRateLimiting__GeneralRules__0__Period"] = "1h",
        ["ClientRateLimiting__GeneralRules__0__Limit"] = $"{calls}",
    };

    /// <summary>A user with a balance and a key.</summary>
    public async Task<MadeKey> NewUserAsync(string userId, long tokens)
    {
        await Admin.CreateUserAsync(userId);
        if (tokens > 0)
            await Admin.GrantAsync(userId, tokens, $"test:{userId}");
        return await Admin.CreateKeyAsync("user", userId);
    }

    /// <summary>A portal session of this user, as an app's server opens it.</summary>
    public async Task<PortalAnswer> PortalAsync(string userId) => await Caller(await AppAsync()).OpenPortalAsync(userId);

    /// <summary>The key of an app's server.</summary>
    public async Task<MadeKey> AppAsync() => app ??= await Admin.CreateKeyAsync("app", null, "app");

    public CallerClient Caller(MadeKey key, int node = 0) => new(nodes[node].Client, key.Secret);

    public async Task BooksBalanceAsync()
    {
        var audit = await Admin.AuditAsync();
        Assert.True(audit.GetProperty("ok").GetBoolean(), $"The books do not balance: {audit.GetProperty("violations")}");
    }

    /// <param name="behind">What was done, as a failure tells it.</param>
    public Task NothingHeldAsync(string behind = "") =>
        Eventually.TrueAsync(async () => (await Admin.HoldsAsync()).Count == 0, $"no hold is open{(behind.Length == 0 ? "" : " behind ")}{behind}");

    public async ValueTask DisposeAsync()
    {
        foreach (var node in nodes)
            await node.DisposeAsync();
        await Provider.DisposeAsync();
        SqliteConnection.ClearAllPools();
        folder.Dispose();
    }

    private async Task AddNodeAsync(IReadOnlyDictionary<string, string>? settings)
    {
        var environment = new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["OPENAI_BASE_URL"] = Provider.BaseUrl,
            ["OPENAI_API_KEY"] = ProviderKey,
            ["Admin__Key"] = AdminKey,
            ["ConnectionStrings__Ledger"] = $"Data Source={Database}",
        };
        foreach (var (name, value) in settings ?? new Dictionary<string, string>())
            environment[name] = value;
        var node = new GatewayProcess(folder.Root, environment);
        nodes.Add(node);
        await node.StartAsync();
    }
}
