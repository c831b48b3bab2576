using AiGateway.Accounts;
using AiGateway.Billing;
using AiGateway.Ledger;
using AiGateway.Plans;
using AiGateway.Storage;
using AiGateway.Storage.Tables;
using AiGateway.Tests.Billing;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AiGateway.Tests.Simulation;

/// <summary>
/// Payments of a simulated world: what was bought, renewed and refunded is told in any order and more than once, to any node, and the real event worker of whichever
/// node applies it, on a small database of its own that outlives the nodes. In the end each fact has had its effect once.
/// </summary>
internal sealed class SimStripe(World world) : IPlanBookSource, IDisposable
{
    private const int Users = 3;
    private const long PackCents = 1_500, PackTokens = 100_000, PlanCents = 10_900, PlanTokens = 600_000;
    private static readonly TimeSpan Month = TimeSpan.FromDays(28);
    private static readonly Lazy<byte[]> Empty = new(Migrated);

    private sealed class Pack(string intent)
    {
        public string Intent => intent;
        public long RefundedCents { get; set; }
    }

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("simulation-");
    private readonly List<(string Id, string Type, string Payload)> _mail = [];
    private readonly Dictionary<string, long> _paid = [];
    private readonly Dictionary<string, Pack> _packs = [];
    private readonly int[] _periods = new int[Users];
    private string? _database;
    private int _number;

    public PlanBook Current => BillingBox.Book;

    private Random Chance => world.Chance;

    public static string User(int number) => $"payer {number % Users}";

    /// <summary>Somebody buys, is renewed, or gets money back; Stripe will tell of it.</summary>
    public void Happen(SimNode node)
    {
        switch (Chance.Next(5))
        {
            case < 2:
                Renew(Chance.Next(Users));
                break;
            case < 4:
                Buy(node);
                break;
            default:
                Refund();
                break;
        }
    }

    /// <summary>An event comes to this node's door: any of those that are on their way. Some come again.</summary>
    public void Deliver(SimNode node)
    {
        if (_mail.Count == 0 || node.IsDead)
            return;
        var at = Chance.Next(_mail.Count);
        var (id, type, payload) = _mail[at];
        if (Chance.Next(3) > 0 || world.IsCalm)
            _mail.RemoveAt(at);
        Now(node, Billing(node).GetRequiredService<EventInbox>().StoreAsync(Chance.Next(4) == 0 ? $"{id}.{++_number}" : id, type, payload, CancellationToken.None));
    }

    /// <summary>The node's worker looks for events.</summary>
    public void Work(SimNode node)
    {
        if (!node.IsDead && node.Events is not { IsCompleted: false })
            node.Run(() => node.Events = Billing(node).GetRequiredService<EventWorker>().RunOnceAsync(CancellationToken.None));
    }

    public bool HasMail => _mail.Count > 0;

    /// <summary>Whether an event waits to be applied.</summary>
    public bool IsWaiting()
    {
        if (_database is null)
            return false;
        using var connection = new SqliteConnection(_database);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM stripe_events WHERE state = 0";
        return command.ExecuteScalar() is not 0L;
    }

    /// <summary>Every payment has its lot, and every refund has taken its share of it, once.</summary>
    public void Check()
    {
        foreach (var (key, tokens) in _paid)
        {
            Examiner.That("payments", world.Tables.LotsByKey.TryGetValue(key, out var lot), $"{key} was granted; events: {Told()}");
            Examiner.Same("payments", tokens, lot?.Granted ?? 0, $"grant of {key}");
            var back = _packs.TryGetValue(key, out var pack) ? PackTokens * pack.RefundedCents / PackCents : 0;
            Examiner.Same("payments", Math.Min(back, tokens - (lot?.Expired ?? 0)), lot?.ClawedBack ?? 0, $"taken back of {key}");
        }
    }

    private string Told()
    {
        using var connection = new SqliteConnection(_database);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT group_concat(told) FROM (SELECT type || ' ' || state || ' ' || COALESCE(note, '') || ' ' || count(*) AS told FROM stripe_events GROUP BY type, state, note)";
        return $"{command.ExecuteScalar()}";
    }

    public void Dispose()
    {
        if (_database is not null)
            SqliteConnection.ClearPool(new SqliteConnection(_database));
        _folder.Delete(recursive: true);
    }

    private void Renew(int user)
    {
        var start = DateTimeOffset.FromUnixTimeMilliseconds(world.StartMs).AddDays(-20) + _periods[user]++ * Month;
        var subscription = $"sub_{user}";
        var line = Paper.Line(subscription, Paper.Monthly, start, start + Month, PlanCents);
        Tell("invoice.paid", Paper.Invoice($"in_{++_number}", $"cus_{user}", subscription, _periods[user] == 1 ? "subscription_create" : "subscription_cycle", PlanCents, [line],
            new Dictionary<string, string> { ["aigateway_user_id"] = User(user) }));
        _paid[$"sub:{subscription}:{Paper.Monthly}:{start.ToUnixTimeSeconds()}"] = PlanTokens;
    }

    private void Buy(SimNode node)
    {
        if (node.IsDead)
            return;
        var (purchase, session, pack) = ($"p{++_number}", $"cs{_number}", new Pack($"pi{_number}"));
        Now(node, Billing(node).GetRequiredService<BillingStore>().AddAsync(
            new PurchaseRow { Id = purchase, UserId = User(_number), Kind = PurchaseKinds.Pack, OfferId = "small", Tokens = PackTokens, UsdCents = PackCents, PriceId = "price_small", State = PurchaseStates.Open },
            CancellationToken.None));
        Tell("checkout.session.completed", Paper.Session(session, "payment", "paid", purchase, PackCents, pack.Intent));
        (_paid[$"cs:{session}"], _packs[$"cs:{session}"]) = (PackTokens, pack);
    }

    /// <summary>Part of a pack's money, also before Stripe has told of the payment.</summary>
    private void Refund()
    {
        if (_packs.Count == 0)
            return;
        var pack = _packs.Values.ElementAt(Chance.Next(_packs.Count));
        var cents = Math.Min(1 + Chance.Next(700), PackCents - pack.RefundedCents);
        if (cents == 0)
            return;
        pack.RefundedCents += cents;
        var id = $"re{++_number}";
        Tell("refund.created", Paper.Refund(id, pack.Intent, cents, "succeeded"));
    }

    private void Tell(string type, object paper)
    {
        var id = $"evt{++_number}";
        _mail.Add((id, type, Paper.Event(id, type, paper)));
    }

    /// <summary>The embedded database answers at once; a task that waits would leave the seed's control.</summary>
    private static void Now(SimNode node, Task done) =>
        Examiner.That("payments", done.IsCompletedSuccessfully, $"node {node.Slot} wrote at once: {done.Exception}");

    private ServiceProvider Billing(SimNode node)
    {
        if (node.Billing is { } made)
            return made;
        if (_database is null)
        {
            var path = Path.Combine(_folder.FullName, "payments.db");
            File.WriteAllBytes(path, Empty.Value);
            _database = $"Data Source={path}";
        }
        var services = new ServiceCollection().AddLogging();
        services.AddSingleton<TimeProvider>(node.Clock).AddSingleton(node.Books).AddSingleton<IPlanBookSource>(this).AddSingleton<KeyListVersion>();
        services.AddSingleton<Connections>(new SqliteConnections(_database)).AddSingleton<IDbContextFactory<GatewayDb>>(new SqliteDbFactory(_database));
        services.AddBilling(new BillingSettings("sk_test_of_the_simulation", BillingBox.Secret, null));
        // Stripe itself answers nothing here: events carry all there is.
        services.AddSingleton<IStripeSide, NoStripeSide>().AddSingleton<ICheckoutSide, DemoCheckoutSide>();
        return node.Billing = services.BuildServiceProvider();
    }

    private static byte[] Migrated()
    {
        var folder = Directory.CreateTempSubdirectory("simulation-");
        var path = Path.Combine(folder.FullName, "empty.db");
        Task.Run(() => new SqliteSchemaMigrator($"Data Source={path};Pooling=False").EnsureAsync(CancellationToken.None)).GetAwaiter().GetResult();
        var bytes = File.ReadAllBytes(path);
        folder.Delete(recursive: true);
        return bytes;
    }
}
