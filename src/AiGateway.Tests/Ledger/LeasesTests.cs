using AiGateway.Ledger;
using AiGateway.Storage;

namespace AiGateway.Tests.Ledger;

public sealed class LeasesTests
{
    private static readonly TimeSpan Term = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_of_many_nodes_gets_a_lease_and_keeps_it()
    {
        await using var box = await LedgerBox.OpenAsync();
        var nodes = Enumerable.Range(0, 16).Select(_ => Node(box)).ToList();
        var taken = await Task.WhenAll(nodes.Select(node => Task.Run(() => node.TakeAsync("sweeper", Term, Cancel))));
        var holder = nodes[Array.IndexOf(taken, true)];
        Assert.Single(taken, it => it);
        box.Clock.Advance(Term / 2 + TimeSpan.FromSeconds(1));
        Assert.Equal(taken, await Task.WhenAll(nodes.Select(node => node.TakeAsync("sweeper", Term, Cancel))));
        Assert.Equal(holder.Node, box.Table.Text("SELECT holder FROM leases WHERE name = 'sweeper'"));
    }

    [Fact]
    public async Task A_lease_that_its_holder_no_longer_asks_for_is_anothers()
    {
        await using var box = await LedgerBox.OpenAsync();
        var (dead, next) = (Node(box), Node(box));
        Assert.True(await dead.TakeAsync("sweeper", Term, Cancel));
        box.Clock.Advance(Term - TimeSpan.FromMilliseconds(1));
        Assert.False(await next.TakeAsync("sweeper", Term, Cancel));
        box.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(await next.TakeAsync("sweeper", Term, Cancel));
        Assert.False(await dead.TakeAsync("sweeper", Term, Cancel));
    }

    [Fact]
    public async Task A_lease_that_was_given_back_is_free_at_once()
    {
        await using var box = await LedgerBox.OpenAsync();
        var (first, next) = (Node(box), Node(box));
        Assert.True(await first.TakeAsync("sweeper", Term, Cancel));
        await first.ReleaseAsync("sweeper", Cancel);
        Assert.True(await next.TakeAsync("sweeper", Term, Cancel));
        await first.ReleaseAsync("sweeper", Cancel);
        Assert.False(await first.TakeAsync("sweeper", Term, Cancel));
    }

    [Fact]
    public async Task Leases_of_other_names_are_other_leases()
    {
        await using var box = await LedgerBox.OpenAsync();
        Assert.True(await Node(box).TakeAsync("sweeper", Term, Cancel));
        Assert.True(await Node(box).TakeAsync("Sweeper", Term, Cancel));
        Assert.True(await Node(box).TakeAsync("alerts", Term, Cancel));
    }

    [Fact]
    public async Task A_holder_asks_the_database_only_when_half_of_its_time_is_over()
    {
        await using var box = await LedgerBox.OpenAsync();
        var node = Node(box);
        Assert.True(await node.TakeAsync("sweeper", Term, Cancel));
        box.Table.Run("UPDATE leases SET holder = 'somebody', expires_at = 9000000000000000");
        box.Clock.Advance(Term / 2 - TimeSpan.FromMilliseconds(1));
        Assert.True(await node.TakeAsync("sweeper", Term, Cancel));
        box.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(await node.TakeAsync("sweeper", Term, Cancel));
    }

    [Fact]
    public async Task A_clock_that_was_turned_back_does_not_make_a_lease_longer()
    {
        await using var box = await LedgerBox.OpenAsync();
        var node = Node(box);
        Assert.True(await node.TakeAsync("sweeper", Term, Cancel));
        box.Table.Run("UPDATE leases SET holder = 'somebody'");
        box.Clock.Advance(-TimeSpan.FromHours(1));
        Assert.False(await node.TakeAsync("sweeper", Term, Cancel));
    }

    private static Leases Node(LedgerBox box) => new(box.Database.Connections, box.Clock);
}
