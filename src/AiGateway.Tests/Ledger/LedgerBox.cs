using AiGateway.Ledger;
using AiGateway.Storage;
using AiGateway.Tests.Storage;
using AiGateway.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace AiGateway.Tests.Ledger;

/// <summary>A ledger on a database file of its own: the real store, writer and bookkeeper, with a clock that only the test moves.</summary>
internal sealed class LedgerBox : IAsyncDisposable
{
    public const string User = "anna";
    public static readonly DateTimeOffset Start = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);

    private readonly bool _ownsFile;

    private LedgerBox(
        string path, TestDatabase database, TestClock clock, bool ownsFile, Func<LedgerStore, LedgerStore>? wrap, Func<LedgerOptions, LedgerOptions>? configure = null)
    {
        Database = database;
        (Path, Clock, _ownsFile) = (path, clock, ownsFile);
        Options = new LedgerOptions { ConnectionString = $"Data Source={path}", SpoolFolder = path + "-spool" };
        if (configure is not null)
            Options = configure(Options);
        Store = database.OpenStore();
        if (wrap is not null)
            Store = wrap(Store);
        Writer = new LedgerWriter(Store, Options, clock, NullLogger<LedgerWriter>.Instance);
        Keeper = new HoldKeeper(Writer, Options, clock, NullLogger<HoldKeeper>.Instance);
        Disk = new RememberingDisk(new LocalSpoolDisk(Options.SpoolFolder, clock));
        Spool = new Spool(Options, Disk, clock, NullLogger<Spool>.Instance);
        Replay = new SpoolReplay(Disk, Writer, Options, clock, NullLogger<SpoolReplay>.Instance);
        Books = new Bookkeeper(Writer, Keeper, Spool, clock, NullLogger<Bookkeeper>.Instance);
        Leases = new Leases(database.Connections, clock);
        Sweeper = new Sweeper(Store, Writer, Leases, clock, NullLogger<Sweeper>.Instance);
        Audit = new LedgerAudit(Store, clock);
    }

    public string Path { get; }
    public TestDatabase Database { get; }
    public TestClock Clock { get; }
    public LedgerOptions Options { get; }
    public LedgerStore Store { get; }
    public LedgerWriter Writer { get; }
    public HoldKeeper Keeper { get; }
    public RememberingDisk Disk { get; }
    public Spool Spool { get; }
    public SpoolReplay Replay { get; }
    public Bookkeeper Books { get; }
    public Leases Leases { get; }
    public Sweeper Sweeper { get; }
    public LedgerAudit Audit { get; }
    public LedgerTable Table => new(Path);
    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<LedgerBox> OpenAsync(
        Func<LedgerStore, LedgerStore>? wrap = null, Func<LedgerOptions, LedgerOptions>? configure = null, Func<string, TestDatabase>? database = null)
    {
        var folder = Directory.CreateTempSubdirectory("ledger-").FullName;
        var path = System.IO.Path.Combine(folder, "gateway.db");
        await EmptyDatabase.WriteAsync(path);
        var box = new LedgerBox(path, (database ?? TestDatabase.Default)(path), new TestClock(Start), ownsFile: true, wrap, configure);
        box.Writer.Start();
        return box;
    }

    /// <summary>On a file that another process has made.</summary>
    public static LedgerBox OpenFile(string path)
    {
        var box = new LedgerBox(path, TestDatabase.Default(path), new TestClock(Start), ownsFile: false, wrap: null);
        box.Writer.Start();
        return box;
    }

    /// <summary>Another process on the same file, as far as the database can tell.</summary>
    public LedgerBox OpenBeside(TestClock? clock = null) => OpenBeside(null, clock);

    public LedgerBox OpenBeside(Func<LedgerStore, LedgerStore>? wrap, TestClock? clock = null)
    {
        var box = new LedgerBox(Path, Database, clock ?? Clock, ownsFile: false, wrap);
        box.Writer.Start();
        return box;
    }

    public Task<GrantAnswer> GrantAsync(
        long tokens, string key, LotKind kind = LotKind.Pack, string? action = null, DateTimeOffset? expires = null, string user = User) =>
        Books.GrantAsync(new GrantRequest(user, tokens, kind, action ?? ActionOf(kind), key, expires?.ToUnixTimeMilliseconds()), Cancel);

    public Task<HoldAnswer> HoldAsync(long amount, string request, CallLimit? limit = null, PresumedUse? presumed = null, string user = User) =>
        Books.HoldAsync(new HoldRequest(new HoldId(user, request), amount, presumed ?? new PresumedUse(0, amount, 0, 0, null), "chat", "gpt", null, limit), Cancel);

    public Task<DispatchOutcome> DispatchAsync(string request, string user = User) => Books.DispatchAsync(new HoldId(user, request), Cancel);

    public Task<SettleAnswer> SettleAsync(string request, long tokens, long cost = 0, string user = User) =>
        Books.SettleAsync(new HoldId(user, request), Charge(tokens, cost), Cancel);

    public Task<ReleaseAnswer> ReleaseAsync(string request, string user = User) => Books.ReleaseAsync(new HoldId(user, request), Cancel);

    public async Task<SettleAnswer> UseAsync(long tokens, string request)
    {
        Assert.Equal(HoldOutcome.Held, (await HoldAsync(tokens, request)).Outcome);
        return await SettleAsync(request, tokens);
    }

    public static Charge Charge(long tokens, long cost = 0) => new(tokens, cost, UsageSource.Reported, "gpt", tokens, 0, 0, 0, "p1");

    public async ValueTask DisposeAsync()
    {
        await Writer.DisposeAsync();
        Replay.Close();
        Spool.Close();
        if (_ownsFile && System.IO.Path.GetDirectoryName(Path) is { } folder)
            Directory.Delete(folder, recursive: true);
    }

    /// <summary>The books balance, and nothing is held where no call is in flight.</summary>
    public async Task AssertBalancedAsync(bool atRest = true) => Assert.Empty(await Audit.RunAsync(atRest, Cancel));

    private static string ActionOf(LotKind kind) => kind switch
    {
        LotKind.Trial => "trial_grant",
        LotKind.Promo => "promo_grant",
        LotKind.Subscription => "subscription_grant",
        LotKind.Pack => "token_pack",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
