using AiGateway.Charging;
using AiGateway.Jobs;
using AiGateway.Ledger;
using AiGateway.Pricing;
using AiGateway.Routes;
using AiGateway.Storage;
using AiGateway.Tests.Ledger;
using AiGateway.Tests.Support;
using AiGateway.Usage;
using Microsoft.Extensions.Logging.Abstractions;

namespace AiGateway.Tests.Jobs;

public sealed class DeferredPollerTests
{
    private static readonly PricesFile Prices = new(Path.Combine(RepositoryRoot.Find(), "config", "prices.json"), TimeProvider.System, NullLogger<PricesFile>.Instance);

    private static readonly MeteredRoute Text = new() { RouteId = "responses", Format = UsageFormat.OpenAiResponses };

    private static readonly MeteredRoute Job = new() { RouteId = "batches", Format = UsageFormat.OpenAiBatches };

    private static readonly TokenCounts Used = new() { Input = 30, Output = 12 };

    [Fact]
    public async Task Work_is_asked_for_until_it_is_done_and_never_again()
    {
        await using var box = await DeferredAsync();
        var provider = new Provider { Look = new(200, new UsageReport { State = WorkState.Unfinished }, Text) };
        await PollAsync(box, provider, times: 3);
        provider.Look = Done(Used);
        await PollAsync(box, provider, times: 3);
        Assert.Equal(4, provider.Looks);
        Assert.Equal("42|reported", box.Table.Rows("SELECT tokens_used, usage_source FROM token_transactions WHERE entry = 'usage'"));
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task Two_pollers_at_once_do_not_look_at_the_same_work()
    {
        await using var box = await DeferredAsync();
        var provider = new Provider { Look = Done(Used) };
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Poller(box, provider).PollAsync(LedgerBox.Cancel)));
        Assert.Equal(1, provider.Looks);
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_provider_that_cannot_be_reached_is_asked_again_and_the_hold_lives_on()
    {
        await using var box = await DeferredAsync();
        var provider = new Provider { Failure = new HttpRequestException("no route") };
        for (var age = TimeSpan.Zero; age < LedgerOptions.DefaultHoldExpiry * 2; age += TimeSpan.FromMinutes(5))
        {
            box.Clock.Advance(TimeSpan.FromMinutes(5));
            await Poller(box, provider).PollAsync(LedgerBox.Cancel);
            await box.Sweeper.SweepAsync(LedgerBox.Cancel);
        }
        provider.Failure = null;
        provider.Look = Done(Used);
        box.Clock.Advance(TimeSpan.FromMinutes(10));
        await PollAsync(box, provider, times: 1);
        Assert.Equal("usage|42|reported", box.Table.Rows("SELECT entry, tokens_used, usage_source FROM token_transactions WHERE entry <> 'grant'"));
    }

    [Fact]
    public async Task Work_whose_hold_ran_out_meanwhile_is_corrected_and_not_charged_twice()
    {
        await using var box = await DeferredAsync();
        box.Clock.Advance(LedgerOptions.DefaultHoldExpiry + TimeSpan.FromMinutes(1));
        await box.Sweeper.SweepAsync(LedgerBox.Cancel);
        Assert.Equal(1, box.Table.Number("SELECT count(*) FROM token_transactions WHERE usage_source = 'presumed'"));
        await PollAsync(box, new Provider { Look = Done(Used) }, times: 2);
        Assert.Equal(42, box.Table.Number("SELECT sum(tokens_used) FROM token_transactions WHERE entry IN ('usage', 'correction')"));
        await box.AssertBalancedAsync();
    }

    [Theory]
    [InlineData(404)]
    [InlineData(410)]
    public async Task Work_that_is_gone_is_presumed_when_its_hold_runs_out(int status)
    {
        await using var box = await DeferredAsync();
        var provider = new Provider { Look = new(status, new UsageReport(), Text) };
        await PollAsync(box, provider, times: 2);
        Assert.Equal(0, box.Table.Number("SELECT count(*) FROM provider_objects WHERE state = 2"));
        box.Clock.Advance(TimeSpan.FromMinutes(11));
        await PollAsync(box, provider, times: 2);
        Assert.Equal(3, provider.Looks);
        box.Clock.Advance(LedgerOptions.DefaultHoldExpiry + TimeSpan.FromMinutes(1));
        await box.Sweeper.SweepAsync(LedgerBox.Cancel);
        Assert.Equal("presumed", box.Table.Rows("SELECT usage_source FROM token_transactions WHERE entry = 'usage'"));
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task What_ended_without_usage_is_estimated_and_what_failed_unheard_is_free()
    {
        await using var done = await DeferredAsync();
        await PollAsync(done, new Provider { Look = new(200, new UsageReport { State = WorkState.Done, OutputTextBytes = 40 }, Text) }, times: 1);
        Assert.Equal("estimated", done.Table.Rows("SELECT usage_source FROM token_transactions WHERE entry = 'usage'"));
        await using var flat = await DeferredAsync();
        await PollAsync(flat, new Provider { Look = new(200, new UsageReport { State = WorkState.Done }, Job) }, times: 1);
        Assert.Equal(60, flat.Table.Number("SELECT tokens_used FROM token_transactions WHERE entry = 'usage'"));
        await using var failed = await DeferredAsync();
        await PollAsync(failed, new Provider { Look = new(200, new UsageReport { State = WorkState.Failed }, Text) }, times: 2);
        Assert.Equal(0, failed.Table.Number("SELECT count(*) FROM token_transactions WHERE entry = 'usage'"));
        Assert.Equal(0, failed.Table.Number("SELECT held FROM accounts"));
    }

    [Fact]
    public async Task A_batch_costs_the_price_of_batches_and_one_that_counted_nothing_its_flat_figure()
    {
        await using var counted = await DeferredAsync();
        await PollAsync(counted, new Provider { Look = Done(new TokenCounts { Input = 1_000_000, Output = 0 }) with { Route = Job } }, times: 1);
        // gpt-4.1 is $2 a million; a batch is half.
        Assert.Equal("1000000|1000000000|reported", counted.Table.Rows("SELECT tokens_used, cost_nano_usd, usage_source FROM token_transactions WHERE entry = 'usage'"));
        await using var zero = await DeferredAsync();
        await PollAsync(zero, new Provider { Look = Done(new TokenCounts { Input = 0, Output = 0 }) with { Route = Job } }, times: 1);
        Assert.Equal("60|estimated", zero.Table.Rows("SELECT tokens_used, usage_source FROM token_transactions WHERE entry = 'usage'"));
        await using var cancelled = await DeferredAsync();
        var nothing = new UsageReport { Tokens = new TokenCounts { Input = 0, Output = 0 }, State = WorkState.Failed };
        await PollAsync(cancelled, new Provider { Look = new(200, nothing, Job) }, times: 1);
        Assert.Equal(0, cancelled.Table.Number("SELECT count(*) FROM token_transactions WHERE entry = 'usage'"));
    }

    [Fact]
    public async Task Tools_beside_the_usage_are_booked_as_cost()
    {
        await using var box = await DeferredAsync();
        var look = Done(Used) with { Usage = new UsageReport { Tokens = Used, Model = "gpt-4.1", State = WorkState.Done, Tools = new([new UnitUse(UsageUnit.ToolCall, 2, "web_search")]) } };
        await PollAsync(box, new Provider { Look = look }, times: 1);
        // 30 × $2 and 12 × $8 a million, and two searches at $10 a thousand.
        Assert.Equal("42|20156000", box.Table.Rows("SELECT tokens_used, cost_nano_usd FROM token_transactions WHERE entry = 'usage'"));
    }

    [Fact]
    public async Task A_flat_figure_on_a_route_by_cost_is_taken_as_it_is()
    {
        await using var box = await DeferredAsync();
        var route = new MeteredRoute { RouteId = "videos", Format = UsageFormat.OpenAiJobs, ChargeBy = ChargeBy.Cost };
        await PollAsync(box, new Provider { Look = new(200, new UsageReport { Model = "unheard-of", State = WorkState.Done }, route) }, times: 1);
        Assert.Equal("60|1200000|estimated", box.Table.Rows("SELECT tokens_used, cost_nano_usd, usage_source FROM token_transactions WHERE entry = 'usage'"));
    }

    [Fact]
    public async Task A_film_costs_its_seconds_and_a_training_its_tokens()
    {
        await using var film = await DeferredAsync();
        var route = new MeteredRoute { RouteId = "videos", Format = UsageFormat.OpenAiJobs, ChargeBy = ChargeBy.Cost };
        await PollAsync(film, new Provider { Look = new(200, new UsageReport { Model = "sora-2", State = WorkState.Done, FilmMilliseconds = 8000, ImageSize = "720x1280" }, route) }, times: 1);
        Assert.Equal("40000|800000000|reported", film.Table.Rows("SELECT tokens_used, cost_nano_usd, usage_source FROM token_transactions WHERE entry = 'usage'"));
        await using var training = await DeferredAsync();
        await PollAsync(training, new Provider { Look = new(200, new UsageReport { Model = "gpt-4o-mini-2024-07-18", State = WorkState.Done, TrainedTokens = 1_000_000 }, Job) }, times: 1);
        Assert.Equal("150000|3000000000", training.Table.Rows("SELECT tokens_used, cost_nano_usd FROM token_transactions WHERE entry = 'usage'"));
    }

    [Fact]
    public async Task A_note_adds_and_takes_nothing_back()
    {
        await using var box = await DeferredAsync();
        await box.SettleAsync("r1", 5);
        await box.HoldAsync(10, "r2");
        await box.Books.SettleAsync(new HoldId(LedgerBox.User, "r2"), Charge(3), LedgerBox.Cancel,
            [new ObjectNote("openai", "resp_1", ObjectState.Closed), new ObjectNote("openai", "resp_1", ObjectState.Owned), new ObjectNote("openai", "resp_1", ObjectState.Deferred, "other", "/other")]);
        Assert.Equal("2|r1|responses|/v1/responses/resp_1", box.Table.Rows("SELECT state, request_id, route_id, path FROM provider_objects"));
    }

    private static ObjectLook Done(TokenCounts tokens) =>
        new(200, new UsageReport { Tokens = tokens, Model = "gpt-4.1", State = WorkState.Done }, Text);

    private static Charge Charge(long tokens) => new(tokens, 0, UsageSource.Reported, null, tokens, 0, 0, 0, null);

    private static async Task<LedgerBox> DeferredAsync()
    {
        var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(1000, "g1");
        await box.HoldAsync(60, "r1");
        await box.DispatchAsync("r1");
        await box.Books.DeferAsync(new HoldId(LedgerBox.User, "r1"), [new ObjectNote("openai", "resp_1", ObjectState.Deferred, "responses", "/v1/responses/resp_1")], LedgerBox.Cancel);
        return box;
    }

    private static async Task PollAsync(LedgerBox box, Provider provider, int times)
    {
        for (var time = 0; time < times; time++)
        {
            box.Clock.Advance(TimeSpan.FromSeconds(10));
            await Poller(box, provider).PollAsync(LedgerBox.Cancel);
        }
    }

    private static DeferredPoller Poller(LedgerBox box, Provider provider) => new(
        new DeferredWork(box.Database.Connections, box.Options, box.Clock), box.Books,
        new DeferredSettlement(box.Books, Prices, box.Clock), provider, box.Clock, NullLogger<DeferredPoller>.Instance);

    private sealed class Provider : IProviderObjects
    {
        private int _looks;

        public ObjectLook Look { get; set; } = new(500, new UsageReport(), Text);
        public Exception? Failure { get; set; }
        public int Looks => _looks;

        public Task<ObjectLook> LookAsync(DeferredItem item, CancellationToken cancel)
        {
            Interlocked.Increment(ref _looks);
            return Failure is null ? Task.FromResult(Look) : Task.FromException<ObjectLook>(Failure);
        }
    }
}
