using System.Globalization;
using AiGateway.Insights;
using AiGateway.Ledger;
using AiGateway.Storage;
using AiGateway.Tests.Ledger;
using Microsoft.EntityFrameworkCore;

namespace AiGateway.Tests.Insights;

/// <summary>The read models over a ledger with a past: odd figures of some users over ten weeks, the same in every run.</summary>
internal sealed class InsightsBox : IAsyncDisposable, IProviderCosts
{
    public const string Unpriced = "my-own-model";

    private static readonly string[] Actions = ["chat", "refinement", "blueprint", "audio_transcription", "image"];
    private static readonly string[] Models = ["gpt-4o-mini", "gpt-4o", "o4-mini"];

    private InsightsBox(LedgerBox ledger)
    {
        Ledger = ledger;
        Database = ledger.Database.Contexts;
        Aims = new BusinessAims(() => [new PlanAim("monthly", "Monthly", 500_000, 1_000_000), new PlanAim("annual", "Annual", 2_000_000, 8_000_000)], model => model != Unpriced);
        Plans = new PlanUseReader(Database, Aims, ledger.Clock);
        Business = new BusinessReader(Database, new RevenueReader(Database), Plans, Aims, ledger.Clock);
        Reports = new Reports(Database, ledger.Clock);
        Alerts = new AlertReader(Database, Aims, ledger.Clock);
        Costs = new CostComparison(Database, this, ledger.Clock);
    }

    public LedgerBox Ledger { get; }
    public IDbContextFactory<GatewayDb> Database { get; }
    public BusinessAims Aims { get; }
    public PlanUseReader Plans { get; }
    public BusinessReader Business { get; }
    public Reports Reports { get; }
    public AlertReader Alerts { get; }
    public CostComparison Costs { get; }
    public LedgerTable Table => Ledger.Table;
    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>What the provider's report says; null: it cannot be read.</summary>
    public decimal? Billed { get; set; } = 1m;
    public bool IsOff { get; set; }
    public (DateTime From, DateTime To) AskedFor { get; private set; }

    public static async Task<InsightsBox> OpenAsync() => new(await LedgerBox.OpenAsync());

    /// <summary>Calls of ten users from January to March 10, with grants, an expiry and corrections among them.</summary>
    public async Task LiveAsync(string? alsoModel = null)
    {
        for (var user = 0; user < 10; user++)
            await Ledger.Books.ImportAsync(new ImportRequest($"user-{user}", $"past:{user}", 0, [.. Past(user, alsoModel)]), Cancel);
        await Ledger.AssertBalancedAsync();
    }

    /// <summary>A payment as Billing writes it down.</summary>
    public void Pay(
        string key, string user, string offer, long cents, DateTime? start, DateTime? end, DateTime at, long tokens = 600_000, string currency = "usd", string? invoice = null, string? intent = null) =>
        Table.Run(string.Create(CultureInfo.InvariantCulture,
            $"""
            INSERT INTO payments (source_key, user_id, offer_id, tokens, charged, currency, invoice_id, payment_intent_id, period_start, period_end, created_at)
            VALUES ('{key}', '{user}', '{offer}', {tokens}, {cents}, '{currency}', {Text(invoice)}, {Text(intent)}, {Ms(start)}, {Ms(end)}, {Ms(at)})
            """));

    public Task<(decimal? Usd, string? Why)> ReadAsync(DateTime from, DateTime to, CancellationToken cancel)
    {
        AskedFor = (from, to);
        return Task.FromResult((Billed, Billed is null ? "no" : (string?)null));
    }

    public static string Iso(DateTime at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static string Ms(DateTime? at) => at is { } time ? Earnings.Ms(time).ToString(CultureInfo.InvariantCulture) : "NULL";

    public ValueTask DisposeAsync() => Ledger.DisposeAsync();

    private static string Text(string? text) => text is null ? "NULL" : $"'{text}'";

    private static IEnumerable<ImportedRow> Past(int user, string? alsoModel)
    {
        var at = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddHours(user);
        var seed = 7 + user;
        yield return Row("grant", "grant", "token_pack", -50_000_000, 0, null, at);
        for (var n = 0; at < LedgerBox.Start.AddHours(-30); n++)
        {
            seed = (int)((seed * 7919L + 104_729) % 1_000_003);
            at = at.AddMinutes(60 + seed % 2_000);
            if (at >= LedgerBox.Start)
                yield break;
            var model = alsoModel is not null && n % 17 == 0 ? alsoModel : Models[seed % Models.Length];
            yield return Row($"u{n}", "usage", Actions[(seed + n) % Actions.Length], 101 + seed % 40_000, 1_000_003L * (1 + seed % 977), model, at);
            if (n % 29 == 28)
                yield return Row($"c{n}", "correction", "correction", -50 + seed % 200, 77, model, at);
            if (n == 40)
                yield return Row("expiry", "removal", "expiry", 777, 0, null, at);
        }
    }

    private static ImportedRow Row(string key, string entry, string action, long tokens, long cost, string? model, DateTimeOffset at) =>
        new(null, key, entry, action, tokens, cost, model, entry == "usage" ? tokens : 0, 0, null, at.ToUnixTimeMilliseconds());
}
