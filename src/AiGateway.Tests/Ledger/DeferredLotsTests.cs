using System.Collections.Immutable;
using AiGateway.Ledger;
using AiGateway.Storage.Tables;
using CsCheck;

namespace AiGateway.Tests.Ledger;

/// <summary>I8, on the core alone: flushing only when the set of lots changes ends as flushing after every use does.</summary>
public sealed class DeferredLotsTests
{
    private const int Moves = 40;
    private const long Hour = 3_600_000;

    private static readonly Gen<(int What, long Amount, int Kind, int Hours)[]> Histories =
        Gen.Select(Gen.Int[0, 9], Gen.Long[1, 120], Gen.Int[0, 3], Gen.Int[0, 60]).Array[Moves];

    [Fact]
    public void Deferred_attribution_ends_as_attributing_each_use_at_once() => Histories.Sample(history =>
    {
        var deferred = Play(history, flushAlways: false);
        var eager = Play(history, flushAlways: true);
        return deferred.SequenceEqual(eager);
    }, iter: 2000);

    /// <returns>Each lot's remaining tokens at the end, flushed, and what no lot covers.</returns>
    private static List<(string, long, long, long)> Play((int What, long Amount, int Kind, int Hours)[] history, bool flushAlways)
    {
        var state = new CoreState();
        for (var i = 0; i < history.Length; i++)
        {
            var (what, amount, kind, hours) = history[i];
            state.NowMs += hours * Hour / 10;
            switch (what)
            {
                case 0 or 1:
                    state.Run(new GrantCommand(new GrantRequest("u", amount * 3, (LotKind)kind, kind == 2 ? "renewal_grant" : "x", $"g{i}", hours % 3 == 0 ? null : state.NowMs + hours * Hour)));
                    break;
                case 2:
                    state.Run(new RunDueCommand("u"));
                    break;
                case 3:
                    state.Run(new RemoveCommand(new RemovalRequest("u", amount, "adjustment", $"x{i}")));
                    break;
                case 4 when state.Lots.Length > 0:
                    state.Run(new ClawBackCommand(new ClawbackRequest(state.Lots[(int)(amount % state.Lots.Length)].SourceKey, amount, "refund", $"c{i}")));
                    break;
                case 5:
                    state.Run(new ChargeExternalCommand(new ExternalUsage("u", "chat", $"e{i}", LedgerBox.Charge(amount), null)));
                    break;
                default:
                    state.Run(new HoldCommand(new HoldRequest(new HoldId("u", $"r{i}"), amount, new PresumedUse(0, 0, 0, 0, null), "chat", null, null, null)));
                    state.Run(new SettleCommand(new HoldId("u", $"r{i - what % 2}"), LedgerBox.Charge(amount)));
                    break;
            }
            if (flushAlways)
                state.Flush();
        }
        state.Flush();
        return [.. state.Lots.Select(lot => (lot.SourceKey, lot.Remaining, lot.Expired, state.Account?.Unattributed ?? 0))];
    }

    /// <summary>One account in memory: what a store would keep of it.</summary>
    private sealed class CoreState
    {
        private readonly Dictionary<string, TokenHoldRow> _holds = [];
        private readonly Dictionary<string, SourceKeyRow> _keys = [];
        private long _lotId;

        public long NowMs { get; set; } = LedgerBox.Start.ToUnixTimeMilliseconds();
        public AccountRow? Account { get; private set; }
        public ImmutableArray<TokenLotRow> Lots { get; private set; } = [];

        public void Run(LedgerCommand command)
        {
            var hold = command.RequestId is { } request ? _holds.GetValueOrDefault(request) : null;
            var key = command.SourceKey is { } source ? _keys.GetValueOrDefault(source) : null;
            var after = LedgerCore.Decide(new LedgerFacts(Account, 1, hold, Lots, ++_lotId, key), command, NowMs, new LedgerLimits(Hour));
            (Account, Lots) = (after.Account, after.Lots);
            if (after.Hold is not null)
                _holds[after.Hold.RequestId] = after.Hold;
            if (after.SourceKey is not null)
                _keys[after.SourceKey.SourceKey] = after.SourceKey;
            Check();
        }

        public void Flush()
        {
            if (Account is not { } account)
                return;
            var unattributed = account.Unattributed;
            Lots = BurnOrder.Burn(Lots, ref unattributed);
            Account = account with { Unattributed = unattributed };
        }

        private void Check()
        {
            Assert.Equal(Account?.Balance ?? 0, Lots.Sum(lot => lot.Remaining) - (Account?.Unattributed ?? 0));
            Assert.True(Account is null || Account.Held >= 0 && Account.Unattributed >= 0);
        }
    }
}
