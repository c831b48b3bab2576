using AiGateway.ConfigFiles;
using AiGateway.Ledger;
using AiGateway.Pricing;
using AiGateway.Storage;
using AiGateway.Usage;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Pieces;

/// <summary>What an answer costs.</summary>
[MemoryDiagnoser]
public class Quoting
{
    private static readonly DateTimeOffset At = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TokenCounts _usage = new() { Input = 512, CacheRead = 128, Output = 180 };
    private readonly PriceBook _book = PricesReader.Read(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "config", "prices.json")), new ConfigProblems("prices.json"))
        ?? throw new InvalidOperationException("The shipped prices cannot be read.");

    [Benchmark(Description = "quote")]
    public object Quote() => _book.Quote(_usage, "gpt-4o-mini-2024-07-18", null, At, ChargeBy.Tokens);
}

/// <summary>Holds and their settles on a SQLite file, so many callers at once: each takes its hold, then settles it. Per call, durable.</summary>
[MemoryDiagnoser]
public class Ledger
{
    private const int CallsEach = 50;

    private string _folder = "";
    private LedgerWriter? _writer;
    private long _calls;

    /// <summary>What shares a transaction grows with them.</summary>
    [Params(1, 8, 64, 256)]
    public int AtOnce { get; set; }

    [Params(1, 1_000)]
    public int Users { get; set; }

    [GlobalSetup]
    public async Task OpenAsync()
    {
        _folder = Directory.CreateTempSubdirectory("aigateway-bench-").FullName;
        var options = new LedgerOptions { ConnectionString = $"Data Source={Path.Combine(_folder, "gateway.db")}", SpoolFolder = Path.Combine(_folder, "spool") };
        await new SqliteSchemaMigrator(options.ConnectionString).EnsureAsync(CancellationToken.None);
        _writer = new LedgerWriter(new SqliteLedgerStore(options.ConnectionString), options, TimeProvider.System, NullLogger<LedgerWriter>.Instance);
        _writer.Start();
        for (var user = 0; user < Users; user++)
            await _writer.SendAsync(new GrantCommand(new GrantRequest($"user-{user}", 1_000_000_000_000, LotKind.Pack, "token_pack", $"grant-{user}")));
    }

    [Benchmark(Description = "hold + settle")]
    public Task CallsAsync() => Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(CallAsync)));

    [GlobalCleanup]
    public async Task CloseAsync()
    {
        if (_writer is { } writer)
            await writer.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task CallAsync()
    {
        var writer = _writer ?? throw new InvalidOperationException("The ledger is not open.");
        for (var i = 0; i < CallsEach; i++)
        {
            var number = Interlocked.Increment(ref _calls);
            var hold = new HoldId($"user-{number % Users}", $"req_{number:x16}");
            await writer.SendAsync(new HoldCommand(new HoldRequest(hold, 2_500, new PresumedUse(500, 500, 150_000_000, 600_000_000, "bench"), "chat", "gpt-4o-mini", null, null, GoesUpAtOnce: true)));
            await writer.SendAsync(new SettleCommand(hold, new Charge(692, 184_800, UsageSource.Reported, "gpt-4o-mini-2024-07-18", 512, 180, 0, 0, "bench"), null));
        }
    }
}
