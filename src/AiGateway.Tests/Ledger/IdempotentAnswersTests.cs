using AiGateway.Ledger;
using AiGateway.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace AiGateway.Tests.Ledger;

public sealed class IdempotentAnswersTests
{
    private static readonly KeptAnswer Answer = new(201, "Content-Type: application/json\nX-Two: a\nX-Two: b\n", [1, 0, 255]);
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_many_claims_at_once_on_two_gateways_one_gets_the_key()
    {
        await using var box = await LedgerBox.OpenAsync();
        IdempotentAnswers[] gateways = [Open(box), Open(box)];
        var claims = Enumerable.Range(0, 32).Select(n => Task.Run(() => gateways[n % 2].ClaimAsync(Claim($"req_{n}")), Cancel));
        var outcomes = (await Task.WhenAll(claims)).Select(answer => answer.Outcome).ToList();
        Assert.Single(outcomes, ClaimOutcome.Claimed);
        Assert.Equal(31, outcomes.Count(outcome => outcome == ClaimOutcome.InProgress));
    }

    [Fact]
    public async Task A_kept_answer_comes_back_as_it_was()
    {
        await using var box = await LedgerBox.OpenAsync();
        var answers = Open(box);
        await KeepAsync(answers, Claim("req_1"));
        var again = await Open(box).ClaimAsync(Claim("req_2"));
        Assert.Equal(ClaimOutcome.Kept, again.Outcome);
        Assert.Equal(Answer with { Body = [] }, again.Answer is null ? null : again.Answer with { Body = [] });
        Assert.Equal(Answer.Body, again.Answer?.Body);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Another_body_is_told_whether_the_first_call_runs_or_has_ended(bool ended)
    {
        await using var box = await LedgerBox.OpenAsync();
        var answers = Open(box);
        await answers.ClaimAsync(Claim("req_1"));
        if (ended)
            await answers.KeepAsync(Claim("req_1"), Answer, Task.CompletedTask);
        Assert.Equal(ClaimOutcome.BodyDiffers, (await answers.ClaimAsync(Claim("req_2", body: 9))).Outcome);
    }

    [Fact]
    public async Task Another_account_or_another_key_is_another_call()
    {
        await using var box = await LedgerBox.OpenAsync();
        var answers = Open(box);
        await answers.ClaimAsync(Claim("req_1"));
        Assert.Equal(ClaimOutcome.Claimed, (await answers.ClaimAsync(Claim("req_2", user: "ben"))).Outcome);
        Assert.Equal(ClaimOutcome.Claimed, (await answers.ClaimAsync(Claim("req_3", key: 7))).Outcome);
    }

    [Fact]
    public async Task An_answer_too_large_to_keep_is_remembered_as_such()
    {
        await using var box = await LedgerBox.OpenAsync();
        var answers = Open(box);
        await answers.ClaimAsync(Claim("req_1"));
        await answers.KeepAsync(Claim("req_1"), null, Task.CompletedTask);
        Assert.Equal(ClaimOutcome.NotKept, (await answers.ClaimAsync(Claim("req_2"))).Outcome);
    }

    [Fact]
    public async Task A_freed_key_may_be_claimed_again_also_for_another_body()
    {
        await using var box = await LedgerBox.OpenAsync();
        var answers = Open(box);
        await answers.ClaimAsync(Claim("req_1"));
        await answers.FreeAsync(Claim("req_1"));
        Assert.Equal(ClaimOutcome.Claimed, (await answers.ClaimAsync(Claim("req_2", body: 9))).Outcome);
    }

    [Fact]
    public async Task An_answer_waits_for_its_charge_and_is_not_kept_without_one()
    {
        await using var box = await LedgerBox.OpenAsync();
        var answers = Open(box);
        var charge = new TaskCompletionSource();
        await answers.ClaimAsync(Claim("req_1"));
        var keeping = answers.KeepAsync(Claim("req_1"), Answer, charge.Task);
        Assert.Equal(ClaimOutcome.InProgress, (await answers.ClaimAsync(Claim("req_2"))).Outcome);
        charge.SetException(new LedgerUnavailableException("broken"));
        await keeping;
        Assert.Equal(ClaimOutcome.Claimed, (await answers.ClaimAsync(Claim("req_3"))).Outcome);
    }

    [Fact]
    public async Task A_claim_whose_process_died_is_taken_over_after_its_time_and_not_before()
    {
        await using var box = await LedgerBox.OpenAsync();
        var (dead, other) = (Open(box), Open(box));
        await dead.ClaimAsync(Claim("req_1"));
        box.Clock.Advance(box.Options.HoldExpiry - TimeSpan.FromSeconds(1));
        Assert.Equal(ClaimOutcome.InProgress, (await other.ClaimAsync(Claim("req_2"))).Outcome);
        box.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(ClaimOutcome.Claimed, (await other.ClaimAsync(Claim("req_3"))).Outcome);

        // What the first one says late is not heard.
        await dead.KeepAsync(Claim("req_1"), Answer, Task.CompletedTask);
        await dead.FreeAsync(Claim("req_1"));
        Assert.Equal(ClaimOutcome.InProgress, (await other.ClaimAsync(Claim("req_4"))).Outcome);
    }

    [Fact]
    public async Task A_live_call_keeps_its_claim_for_longer_than_a_hold_lives()
    {
        await using var box = await LedgerBox.OpenAsync();
        var (live, other) = (Open(box), Open(box));
        await live.ClaimAsync(Claim("req_1"));
        for (var step = 0; step < 10; step++)
        {
            box.Clock.Advance(box.Options.HoldExpiry / 2);
            await live.RenewAsync(Cancel);
        }
        Assert.Equal(ClaimOutcome.InProgress, (await other.ClaimAsync(Claim("req_2"))).Outcome);
        await live.KeepAsync(Claim("req_1"), Answer, Task.CompletedTask);
        box.Clock.Advance(box.Options.HoldExpiry * 2);
        Assert.Equal(ClaimOutcome.Kept, (await other.ClaimAsync(Claim("req_3"))).Outcome);
    }

    [Fact]
    public async Task A_call_that_nobody_ends_is_not_renewed_for_ever()
    {
        await using var box = await LedgerBox.OpenAsync();
        var forgetful = Open(box);
        await forgetful.ClaimAsync(Claim("req_1"));
        box.Clock.Advance(TimeSpan.FromHours(5));
        await forgetful.RenewAsync(Cancel);
        Assert.Equal(ClaimOutcome.Claimed, (await forgetful.ClaimAsync(Claim("req_2"))).Outcome);
    }

    [Fact]
    public async Task After_a_day_a_key_is_new_even_before_its_row_is_purged()
    {
        await using var box = await LedgerBox.OpenAsync();
        var answers = Open(box);
        await KeepAsync(answers, Claim("req_1"));
        box.Clock.Advance(IdempotentAnswers.KeptFor - TimeSpan.FromMilliseconds(1));
        Assert.Equal(ClaimOutcome.Kept, (await answers.ClaimAsync(Claim("req_2"))).Outcome);
        box.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(ClaimOutcome.Claimed, (await answers.ClaimAsync(Claim("req_3", body: 9))).Outcome);
    }

    [Fact]
    public async Task A_purge_deletes_what_is_older_than_a_day_and_nothing_else()
    {
        await using var box = await LedgerBox.OpenAsync();
        var answers = Open(box);
        for (byte key = 0; key < 150; key++)
        {
            await KeepAsync(answers, Claim($"req_{key}", key: key));
            box.Clock.Advance(TimeSpan.FromMilliseconds(1));
        }
        box.Clock.Advance(IdempotentAnswers.KeptFor - TimeSpan.FromMilliseconds(10));
        Assert.Equal(141, await answers.PurgeAsync(Cancel));
        Assert.Equal(9, box.Table.Number("SELECT COUNT(*) FROM idempotent_answers"));
        Assert.Equal(0, await answers.PurgeAsync(Cancel));
    }

    [Fact]
    public async Task A_locked_database_lets_nobody_claim_and_leaves_no_claim_behind()
    {
        await using var box = await LedgerBox.OpenAsync();
        var answers = Open(box);
        await using (var other = box.Table.Open())
        {
            await using var locking = other.CreateCommand();
            locking.CommandText = "BEGIN IMMEDIATE";
            await locking.ExecuteNonQueryAsync(Cancel);
            await Assert.ThrowsAsync<LedgerUnavailableException>(() => answers.ClaimAsync(Claim("req_1")));
        }
        Assert.Equal(ClaimOutcome.Claimed, (await answers.ClaimAsync(Claim("req_2"))).Outcome);
    }

    [Fact]
    public async Task An_answer_that_cannot_be_written_yet_is_written_when_it_can_be()
    {
        await using var box = await LedgerBox.OpenAsync();
        var answers = Open(box);
        await answers.ClaimAsync(Claim("req_1"));
        // As a full disk would: every write of an ending fails.
        box.Table.Run("CREATE TRIGGER full_disk BEFORE UPDATE ON idempotent_answers BEGIN SELECT RAISE(ABORT, 'disk is full'); END");
        var keeping = answers.KeepAsync(Claim("req_1"), Answer, Task.CompletedTask);
        Assert.False(keeping.IsCompleted);
        box.Table.Run("DROP TRIGGER full_disk");
        await answers.DrainAsync(Cancel);
        Assert.Equal(ClaimOutcome.Kept, (await answers.ClaimAsync(Claim("req_2"))).Outcome);
    }

    private static IdempotentAnswers Open(LedgerBox box) =>
        new(new IdempotencyTable(box.Database.Connections), box.Options, box.Clock, NullLogger<IdempotentAnswers>.Instance);

    private static IdempotencyClaim Claim(string requestId, string user = LedgerBox.User, byte key = 1, byte body = 2) =>
        new(user, [.. Enumerable.Repeat(key, 32)], [.. Enumerable.Repeat(body, 32)], requestId);

    private static async Task KeepAsync(IdempotentAnswers answers, IdempotencyClaim claim)
    {
        Assert.Equal(ClaimOutcome.Claimed, (await answers.ClaimAsync(claim)).Outcome);
        await answers.KeepAsync(claim, Answer, Task.CompletedTask);
    }
}
