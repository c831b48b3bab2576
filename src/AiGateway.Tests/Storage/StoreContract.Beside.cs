using AiGateway.Accounts;
using AiGateway.Insights;
using AiGateway.Jobs;
using AiGateway.Ledger;
using AiGateway.Storage;
using AiGateway.Storage.Tables;
using AiGateway.Tests.Ledger;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace AiGateway.Tests.Storage;

/// <summary>What stands beside the ledger in the same database: keys, cookies' keys, tallies, and what pages read.</summary>
public abstract partial class StoreContract
{
    [Fact]
    public async Task Keys_are_made_checked_listed_rotated_and_revoked()
    {
        await using var box = await OpenAsync();
        using var version = new KeyListVersion(box.Database.Connections, box.Clock, NullLogger<KeyListVersion>.Instance);
        var (keys, ring) = (new KeyStore(box.Database.Connections, version, box.Clock), new KeyRing(box.Database.Connections, version, box.Clock));
        var first = await keys.MakeAsync(KeyKind.User, User, "first", null, Cancel, ["gpt-4o"]);
        Assert.Equal(["gpt-4o"], (await ring.CheckAsync(first.ToString(), Cancel)).Caller?.Models);
        await keys.SaveIfNewAsync(first, "again", Cancel);
        Assert.Equal("first", (await keys.FindAsync(first.Id, Cancel))?.Name);
        Assert.True(await keys.HasLiveAsync("first", Cancel));
        var second = Assert.NotNull(await keys.RotateAsync(first.Id, TimeSpan.FromHours(1), Cancel));
        Assert.Equal(2, (await keys.OfUserAsync(User, 10, Cancel)).Count);
        Assert.Single(await keys.ListAsync(null, 1, Cancel));
        Assert.True(await keys.RevokeAsync(second.Id, Cancel));
        Assert.False(await keys.RevokeAsync(second.Id, Cancel));
        Assert.Null((await ring.CheckAsync(second.ToString(), Cancel)).Caller);
        Assert.NotNull((await ring.CheckAsync(first.ToString(), Cancel)).Caller);
        var before = version.Current;
        await version.RaiseAsync(Cancel);
        Assert.Equal(before + 1, version.Current);
    }

    [Fact]
    public async Task What_is_kept_beside_the_ledger_is_written_and_read()
    {
        await using var box = await OpenAsync();
        var plain = box.Database.Connections;
        await new WriteProbe(plain).WriteAsync(Cancel);
        var cookies = new DataProtectionKeys(plain, box.Clock);
        await cookies.AddAsync("k1", "<key>日本</key>", Cancel);
        Assert.Equal(["<key>日本</key>"], await cookies.AllAsync(Cancel));
        var (one, other) = (new Leases(plain, box.Clock), new Leases(plain, box.Clock));
        Assert.True(await one.TakeAsync("job", TimeSpan.FromMinutes(1), Cancel));
        Assert.False(await other.TakeAsync("job", TimeSpan.FromMinutes(1), Cancel));
        await one.ReleaseAsync("job", Cancel);
        Assert.True(await other.TakeAsync("job", TimeSpan.FromMinutes(1), Cancel));
        using var tally = new TrafficTally(plain, box.Clock, NullLogger<TrafficTally>.Instance);
        for (var step = 0; step < 2; step++)
        {
            tally.Count(("refusal", "no_tokens"), 2);
            await tally.WriteAsync(Cancel);
        }
        await using var db = box.Database.Contexts.CreateDbContext();
        Assert.Equal(4, await db.TrafficDaily.Select(row => row.Count).SingleAsync(Cancel));
        await box.GrantAsync(10, "g");
        using var version = new KeyListVersion(plain, box.Clock, NullLogger<KeyListVersion>.Instance);
        Assert.False(await new AccountDirectory(plain, version).IsSuspendedAsync(User, Cancel));
        Assert.True(await new AccountDirectory(plain, version).HasTokensAsync(User, Cancel));
        Assert.Null(await new PlanDirectory(plain, box.Clock).PlanAsync(User, Cancel));
        Assert.Equal(0, await new IdempotencyTable(plain).PurgeAsync(0, 10, Cancel));
        Assert.Equal(0, await new HoldRetention(box.Database.Connections, box.Leases, box.Clock, NullLogger<HoldRetention>.Instance).PurgeAsync(Cancel));
    }

    [Fact]
    public async Task Pages_read_what_was_written()
    {
        await using var box = await OpenAsync();
        await box.GrantAsync(1_000, "g");
        await box.UseAsync(30, "r1");
        await box.HoldAsync(50, "r2");
        var (db, plain, clock) = (box.Database.Contexts, box.Database.Connections, box.Clock);
        var (from, to) = (LedgerBox.Start.UtcDateTime.AddDays(-1), LedgerBox.Start.UtcDateTime.AddDays(1));
        var balances = new BalanceReader(db, clock);
        Assert.Equal(970, (await balances.UserAsync(User, Cancel))?.Balance);
        Assert.Single((await balances.UsersAsync(new UserFilter("ann", "active"), null, 10, Cancel)).Data);
        Assert.NotNull(await balances.BalanceAsync(User, (_, _) => "ok", Cancel));
        var holds = new HoldReader(db, plain);
        Assert.Single((await holds.OpenAsync(User, null, 10, Cancel)).Data);
        Assert.Single((await holds.ListAsync(new HoldFilter(true, User, "chat", "gpt"), null, 10, Cancel)).Data);
        Assert.Equal((1, 50), (await holds.OpenTotalsAsync(Cancel)) is var totals ? (totals.Count, totals.Tokens) : default);
        Assert.NotNull(await holds.FindAsync("r2", Cancel));
        var rows = new TransactionReader(db);
        var page = await rows.ListAsync(new TransactionFilter(User, from, to, "chat", "usage", "gpt"), null, 1, Cancel);
        Assert.Equal(30, Assert.Single(page.Data).TokensUsed);
        var everybody = await rows.ListAsync(new TransactionFilter(null, null, null, null, null), null, 1, Cancel);
        Assert.Single((await rows.ListAsync(new TransactionFilter(null, null, null, null, null), everybody.After, 1, Cancel)).Data);
        Assert.NotNull(await rows.RequestAsync(User, "r1", Cancel));
        Assert.NotNull(await rows.RequestAsync("r1", Cancel));
        var day = DateOnly.FromDateTime(LedgerBox.Start.UtcDateTime);
        var usage = new UserUsageReader(db, clock);
        Assert.Equal(30, (await usage.OfAsync(User, day, day, "chat", Cancel)).Tokens);
        Assert.Equal(["chat"], await usage.ActionsAsync(User, Cancel));
        Assert.Equal("gpt", Assert.Single(await new ModelReader(db).UsedAsync(Cancel)).Model);
        Assert.Equal(LedgerBox.Start.UtcDateTime, await new ModelReader(db).NewestRowAsync(Cancel));
        Assert.Single(await new LotReader(db, clock).LeftAsync(User, Cancel));
        await new TypicalReader(db).OfAsync(User, "chat", Cancel);
        Assert.NotNull(await new TodayReader(db, clock).ReadAsync(Cancel));
        Assert.NotNull(await new StripeReader(db, clock).SummaryAsync(Cancel));
        Assert.Empty((await new StripeReader(db, clock).EventsAsync("waiting", null, 10, Cancel)).Data);
        var aims = new BusinessAims(() => [new PlanAim("monthly", "Monthly", 500_000, 1_000_000)], _ => true);
        var alerts = new AlertReader(db, aims, clock);
        Assert.Empty(await alerts.NewestAsync(10, Cancel));
        Assert.Empty(await alerts.TwiceSubscribedAsync(Cancel));
        await alerts.HeavyUsersAsync(Cancel);
        // From noon to noon, so that whole days and parts of days are read.
        foreach (var start in new[] { from.Date, from.Date.AddHours(11) })
        {
            Assert.NotNull(await new Reports(db, clock).RunAsync(start, to, Cancel));
            Assert.NotNull(await new BusinessReader(db, new RevenueReader(db), new PlanUseReader(db, aims, clock), aims, clock).ReadAsync(start, to, Cancel));
        }
    }
}
