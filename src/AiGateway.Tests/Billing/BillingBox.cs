using AiGateway.Accounts;
using AiGateway.Billing;
using AiGateway.Plans;
using AiGateway.Storage;
using AiGateway.Tests.Ledger;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Stripe;

namespace AiGateway.Tests.Billing;

/// <summary>Everything between Stripe's door and the ledger, on a database of its own, with Stripe's side and the clock in the test's hand.</summary>
internal sealed class BillingBox : IAsyncDisposable, IPlanBookSource
{
    public const string Secret = "whsec_of_the_tests";
    private const string ApiKey = "sk_test_of_the_tests";
    private readonly ServiceProvider _services;
    private int _events;
    private bool _isDead;

    private BillingBox(LedgerBox ledger)
    {
        Ledger = ledger;
        var services = new ServiceCollection().AddLogging();
        services.AddSingleton<TimeProvider>(ledger.Clock).AddSingleton(ledger.Books).AddSingleton<IPlanBookSource>(this).AddSingleton<KeyListVersion>();
        services.AddSingleton<Connections>(new DyingConnections(ledger.Database.Connections, IsDead));
        services.AddSingleton<IDbContextFactory<GatewayDb>>(new DyingContexts(ledger.Database.Contexts, IsDead));
        services.AddBilling(new BillingSettings(ApiKey, Secret, Stripe.ApiBase));
        // The library's own second try would wait by the real clock.
        services.AddSingleton(BillingRegistration.Client(ApiKey, Stripe.ApiBase, maxNetworkRetries: 0)).AddSingleton<ICheckoutSide>(Checkout);
        _services = services.BuildServiceProvider();
    }

    public LedgerBox Ledger { get; }
    public FakeStripe Stripe { get; } = new();
    public FakeCheckout Checkout { get; } = new();

    /// <summary>Asked before every statement of payments; true: the process dies there, and stays dead until it is started again.</summary>
    public Func<bool> Dies { get; set; } = () => false;

    public TestClock Clock => Ledger.Clock;
    public LedgerTable Table => Ledger.Table;
    public PlanBook Current { get; set; } = Book;
    public EventInbox Inbox => Get<EventInbox>();
    public EventWorker Worker => Get<EventWorker>();
    public BillingStore Store => Get<BillingStore>();
    public WebhookDoor Door => Get<WebhookDoor>();
    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static PlanBook Book { get; } = new()
    {
        LowBalancePercent = 10, TrialTokens = 1_000, Renewal = RenewalRule.Reset, Grace = TimeSpan.FromHours(72),
        Plans = new Dictionary<string, AiGateway.Plans.Plan>
        {
            ["annual"] = new("annual", "Annual", 5_000_000, 99_900, Paper.Annual, new BillingCycle(1, BillingUnit.Year)),
            ["monthly"] = new("monthly", "Monthly", 600_000, 10_900, Paper.Monthly, new BillingCycle(28, BillingUnit.Day)),
        },
        Packs = new Dictionary<string, Pack> { ["small"] = new("small", "Small", 100_000, 1_500, "price_small") },
    };

    public static async Task<BillingBox> OpenAsync() => new(await LedgerBox.OpenAsync());

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    public long Balance(string user = LedgerBox.User) => Table.Number($"SELECT COALESCE((SELECT balance FROM accounts WHERE user_id = '{user}'), 0)");

    /// <summary>"key|granted|remaining" of every lot of a user, by key.</summary>
    public string Lots(string user = LedgerBox.User) => Table.Rows(
        $"SELECT source_key, granted, remaining FROM token_lots WHERE account_id = (SELECT id FROM accounts WHERE user_id = '{user}') ORDER BY source_key");

    /// <summary>Sends a signed event to the door and lets the worker have it.</summary>
    /// <returns>Its state and note.</returns>
    public async Task<string> TellAsync(string type, object content, string? id = null, string? version = null)
    {
        id ??= $"evt_{++_events}";
        Assert.Equal(200, await PostSignedAsync(Paper.Event(id, type, content, version)));
        await Worker.RunOnceAsync(Cancel);
        return State(id);
    }

    public string State(string eventId) => Table.Text($"SELECT state || ' ' || COALESCE(note, '') FROM stripe_events WHERE event_id = '{eventId}'").Trim();

    /// <summary>Knocks at the door as Stripe does.</summary>
    public async Task<int> PostAsync(byte[] body, string? signature)
    {
        var context = new DefaultHttpContext();
        context.Request.Body = new MemoryStream(body);
        context.Request.ContentLength = body.Length;
        if (signature is not null)
            context.Request.Headers["Stripe-Signature"] = signature;
        return await Door.ReceiveAsync(context.Request, Cancel) is IStatusCodeHttpResult { StatusCode: { } status } ? status : 200;
    }

    public Task<int> PostSignedAsync(string body) =>
        PostAsync(System.Text.Encoding.UTF8.GetBytes(body), EventUtility.GenerateSignatureHeader(body, Secret, Clock.GetUtcNow().ToUnixTimeSeconds()));

    public async Task<string> BuyAsync(string pack = "small", string user = LedgerBox.User)
    {
        var answer = await Get<Purchases>().OpenAsync(user, null, pack, "https://gateway.test", Cancel);
        Assert.Equal(PurchaseOutcome.Opened, answer.Outcome);
        return answer.Id ?? "";
    }

    /// <summary>Does it as often as the process dies on the way: whoever sent something sends it again.</summary>
    public async Task ThroughDeathsAsync(Func<Task> work)
    {
        do
        {
            _isDead = false;
            try
            {
                await work();
            }
            catch (Death)
            {
                // The next one begins where this one's commits ended.
            }
        }
        while (_isDead);
    }

    private bool IsDead() => _isDead |= Dies();

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        Stripe.Dispose();
        await Ledger.DisposeAsync();
    }
}
