using AiGateway.Ledger;

namespace AiGateway.Tests.Simulation;

/// <summary>Those who use the ledger: calls with all their ways to end, payments and an operator who repeat what was not answered, and messages that come twice.</summary>
internal sealed class Load(World world)
{
    private const int Users = 12, Remembered = 64;
    private const int MostCalls = 48;
    private const long Hour = 3_600_000, Day = 24 * Hour;

    private enum End { Open, Settled, Released }

    private sealed class Call(HoldId id, long used)
    {
        public HoldId Id => id;
        public long Used => used;
        public End End { get; set; }
    }

    private readonly List<Call> _calls = [];
    private readonly List<string> _keys = [], _booked = [], _lots = [];
    private readonly Queue<(int Slot, LedgerCommand Command)> _said = new();
    private int _number;

    private Random Chance => world.Chance;

    /// <summary>A new call comes to this node.</summary>
    public void Begin(SimNode node)
    {
        if (node.Callers >= MostCalls)
            return;
        Begin(node, () => CallAsync(node));
    }

    /// <summary>Something else is asked of it.</summary>
    public void Other(SimNode node)
    {
        switch (Chance.Next(100))
        {
            case < 20:
                Begin(node, () => GrantAsync(node));
                break;
            case < 38:
                Begin(node, () => ExternalAsync(node));
                break;
            case < 52:
                Begin(node, () => RemoveAsync(node));
                break;
            case < 64:
                Begin(node, () => TakeBackAsync(node));
                break;
            case < 68:
                node.Run(() => _ = node.Writer.SendAsync(new SetStatusCommand(User(), Chance.Next(4) == 0 ? AccountStatus.Suspended : AccountStatus.Active)));
                break;
            case < 70:
                node.Run(() => _ = node.Writer.SendAsync(new OpenCommand(User())));
                break;
            case < 72:
                node.Run(() => _ = node.Writer.SendAsync(new GrantCommand(new GrantRequest("whale", long.MaxValue, LotKind.Pack, "token_pack", $"whale {++_number}"))));
                break;
            case < 73:
                node.Run(() => _ = node.Writer.SendAsync(new HoldCommand(Request(-1, null))));
                break;
            default:
                SayAgain(node);
                break;
        }
    }

    /// <summary>Nothing that was acknowledged is lost, and nothing happened twice.</summary>
    public void Check()
    {
        foreach (var key in _booked)
            Examiner.That("acknowledged", world.Tables.SourceKeys.ContainsKey(key), $"{key} was booked");
        var charged = _calls.Where(call => call.End == End.Settled).ToDictionary(call => call.Id, call => call.Used);
        // What a dead process had kept on its disk counts as acknowledged: its caller had the whole answer.
        foreach (var move in world.Disk.Inherited)
            if (move is { Kind: SpooledKind.Settle, Hold: { } hold, Charge: { } charge })
                charged.TryAdd(hold, charge.Tokens);
        foreach (var (id, tokens) in charged)
        {
            Examiner.Same("acknowledged", (int)HoldState.Settled, world.Examiner.HoldOf(id)?.State ?? -1, $"state of {id.RequestId}");
            Examiner.Same("acknowledged", tokens, world.Examiner.HoldOf(id)?.Charged ?? -1, $"charge of {id.RequestId}");
        }
        foreach (var call in _calls.Where(call => call.End == End.Released))
            Examiner.Same("acknowledged", 0L, world.Examiner.HoldOf(call.Id)?.Charged ?? 0, $"{call.Id.RequestId} cost nothing");
    }

    private string User() => world.Stripe is not null && Chance.Next(8) == 0 ? SimStripe.User(Chance.Next()) : $"u{Chance.Next(Users)}";

    private void Begin(SimNode node, Func<Task> work) => node.Run(() => _ = DoAsync(node, work));

    private async Task DoAsync(SimNode node, Func<Task> work)
    {
        node.Callers++;
        try
        {
            await work();
        }
        catch (Exception wrong) when (wrong is not SimCrashException)
        {
            world.Examine(() => throw new SimViolationException($"A caller met {wrong}"));
        }
        finally
        {
            node.Callers--;
        }
    }

    private HoldRequest Request(long amount, CallLimit? limit)
    {
        var presumed = new PresumedUse(Chance.Next(200), Chance.Next(200), Chance.Next(4) * 250_000L, Chance.Next(4) * 1_000_001L, "p1");
        return new HoldRequest(new HoldId(User(), $"r{++_number}"), amount, presumed, Chance.Next(3) == 0 ? "chat" : "image", "gpt", null, limit, GoesUpAtOnce: Chance.Next(3) == 0);
    }

    private Charge Used(long most) => new(Chance.NextInt64(most), Chance.Next(5_000), UsageSource.Reported, Chance.Next(5) == 0 ? null : "gpt", Chance.Next(100), Chance.Next(100), 0, 0, "p1");

    private async Task CallAsync(SimNode node)
    {
        var request = Request(Chance.Next(8) == 0 ? Chance.Next(20_000) : Chance.Next(800), Chance.Next(3) == 0 ? new CallLimit(12, Hour) : null);
        var charge = Used(Chance.Next(6) == 0 ? 3 * request.Amount + 2 : request.Amount + 1);
        var call = new Call(request.Id, charge.Tokens);
        _calls.Add(call);
        Remember(node, new HoldCommand(request));
        try
        {
            var held = await node.Books.HoldAsync(request, CancellationToken.None);
            if (held.Outcome != HoldOutcome.Held)
                return;
            if (!request.GoesUpAtOnce && !await GoesUpAsync(node, request.Id))
                return;
        }
        catch (LedgerUnavailableException)
        {
            return; // 503. What was held after all runs out by itself.
        }
        await AnswerAsync(node, request.Id);
        await EndAsync(node, call, charge);
    }

    private async Task<bool> GoesUpAsync(SimNode node, HoldId id)
    {
        await PauseAsync(node, 5_000);
        Remember(node, new DispatchCommand(id));
        return await node.Books.DispatchAsync(id, CancellationToken.None) == DispatchOutcome.Dispatched;
    }

    /// <summary>The provider takes its time; a stream says what it has seen, a slow call that it lives.</summary>
    private async Task AnswerAsync(SimNode node, HoldId id)
    {
        for (var parts = Chance.Next(3); parts > 0; parts--)
        {
            await PauseAsync(node, 20_000);
            LedgerCommand<bool> sign = Chance.Next(2) == 0 ? new CheckpointCommand(id, Chance.Next(300)) : new RenewCommand(id);
            Remember(node, sign);
            _ = node.Writer.SendAsync(sign);
        }
    }

    private async Task EndAsync(SimNode node, Call call, Charge charge)
    {
        switch (Chance.Next(20))
        {
            case 0:
                return; // Never heard of again, though its process lives.
            case < 4:
                Remember(node, new ReleaseCommand(call.Id));
                await node.Books.ReleaseAsync(call.Id, CancellationToken.None);
                call.End = End.Released;
                return;
            case 4:
                await node.Books.DeferAsync(call.Id, [], CancellationToken.None);
                await PauseAsync(node, 2 * World.HoldExpiryMs);
                break;
        }
        Remember(node, new SettleCommand(call.Id, charge));
        await node.Books.SettleAsync(call.Id, charge, CancellationToken.None);
        call.End = End.Settled;
        if (Chance.Next(10) == 0)
            await node.Books.SettleAsync(call.Id, charge with { Tokens = charge.Tokens + 7 }, CancellationToken.None);
    }

    private async Task GrantAsync(SimNode node)
    {
        var now = node.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        var (user, tokens, key) = (User(), (long)Chance.Next(1, 6_000), Key("g"));
        var request = Chance.Next(5) switch
        {
            0 => new GrantRequest(user, tokens, LotKind.Trial, "trial_grant", key, now + Chance.NextInt64(5 * Day)),
            1 => new GrantRequest(user, tokens, LotKind.Promo, "promo_grant", key, Chance.Next(2) == 0 ? null : now + Chance.NextInt64(-Day, 20 * Day)),
            2 => new GrantRequest(user, tokens, LotKind.Pack, "token_pack", key),
            _ => Subscription(user, tokens, key, now - Chance.NextInt64(40 * Day)),
        };
        if (Chance.Next(3) > 0 || _lots.Count == 0)
            _lots.Add(key);
        Remember(node, new GrantCommand(request));
        await InsistAsync(node, () => node.Books.GrantAsync(request, CancellationToken.None), answer => answer.Outcome == GrantOutcome.Granted ? key : null);
    }

    private GrantRequest Subscription(string user, long tokens, string key, long start) =>
        new(user, tokens, LotKind.Subscription, Chance.Next(2) == 0 ? "subscription_grant" : "renewal_grant", key, start + 31 * Day, start, start + 28 * Day);

    private async Task ExternalAsync(SimNode node)
    {
        // What is charged surely has a key of its own in production too: a conflict would be set aside for somebody to look at.
        var isSure = Chance.Next(2) == 0;
        var use = new ExternalUsage(User(), "audio", isSure ? $"s{++_number}" : Key("e"), Used(300), null);
        Remember(node, new ChargeExternalCommand(use));
        if (!isSure)
            await InsistAsync(node, () => node.Books.ChargeExternalAsync(use, CancellationToken.None), answer => answer.Outcome == SettleOutcome.Settled ? use.SourceKey : null);
        else if ((await node.Books.ChargeSurelyAsync(use, CancellationToken.None)).Outcome == SettleOutcome.Settled)
            _booked.Add(use.SourceKey);
    }

    private Task RemoveAsync(SimNode node)
    {
        var request = new RemovalRequest(User(), Chance.Next(1, 500), "adjustment", Key("x"));
        Remember(node, new RemoveCommand(request));
        return InsistAsync(node, () => node.Books.RemoveAsync(request, CancellationToken.None), answer => answer.Outcome == RemovalOutcome.Removed ? request.SourceKey : null);
    }

    /// <summary>Money goes back, is disputed, or a plan ends: one lot is concerned.</summary>
    private async Task TakeBackAsync(SimNode node)
    {
        var lot = _lots.Count == 0 || Chance.Next(30) == 0 ? "no such lot" : _lots[Chance.Next(_lots.Count)];
        switch (Chance.Next(3))
        {
            case 0:
                var back = new ClawbackRequest(lot, Chance.Next(1, 3_000), "refund", Key("c"));
                Remember(node, new ClawBackCommand(back));
                await InsistAsync(node, () => node.Books.ClawBackAsync(back, CancellationToken.None), answer => answer.Outcome == RemovalOutcome.Removed ? back.SourceKey : null);
                break;
            case 1:
                await InsistAsync(node, () => node.Books.EndLotAsync(lot, CancellationToken.None), _ => null);
                break;
            default:
                var take = new TakeBackRequest(lot, Chance.Next(4_000), (TakeBackMode)Chance.Next(3), "dispute", $"t:{lot}");
                await InsistAsync(node, () => node.Books.TakeBackAsync(take, CancellationToken.None), _ => null);
                break;
        }
    }

    /// <summary>Asks again until it is answered; the key makes it happen once.</summary>
    private async Task InsistAsync<T>(SimNode node, Func<Task<T>> ask, Func<T, string?> booked)
    {
        while (true)
        {
            try
            {
                if (booked(await ask()) is { } key)
                    _booked.Add(key);
                return;
            }
            catch (LedgerUnavailableException)
            {
                await PauseAsync(node, 60_000);
            }
        }
    }

    /// <summary>A message comes once more: at once, or long after. A hold's comes to its own node, because no other makes such an id.</summary>
    private void SayAgain(SimNode node)
    {
        if (_said.Count == 0)
            return;
        var (slot, command) = _said.ElementAt(Chance.Next(_said.Count));
        var to = command is HoldCommand ? world.Node(slot) : node;
        if (to.IsDead)
            return;
        to.Run(() => _ = command switch
        {
            HoldCommand c => to.Writer.SendAsync(c),
            DispatchCommand c => to.Writer.SendAsync(c),
            RenewCommand c => to.Writer.SendAsync(c),
            CheckpointCommand c => to.Writer.SendAsync(c),
            SettleCommand c => to.Writer.SendAsync(c),
            ReleaseCommand c => to.Writer.SendAsync(c),
            GrantCommand c => to.Writer.SendAsync(Chance.Next(5) == 0 ? c with { Request = c.Request with { Tokens = c.Request.Tokens + 1 } } : c),
            RemoveCommand c => to.Writer.SendAsync(c),
            ClawBackCommand c => to.Writer.SendAsync(c),
            ChargeExternalCommand c => (Task)to.Writer.SendAsync(c),
            _ => throw new NotSupportedException(command.GetType().Name),
        });
    }

    private void Remember(SimNode node, LedgerCommand command)
    {
        _said.Enqueue((node.Slot, command));
        if (_said.Count > Remembered)
            _said.Dequeue();
    }

    /// <summary>Mostly a new one, now and then one that was used before.</summary>
    private string Key(string kind)
    {
        var key = _keys.Count > 0 && Chance.Next(25) == 0 ? _keys[Chance.Next(_keys.Count)] : $"{kind}{++_number}";
        _keys.Add(key);
        return key;
    }

    private Task PauseAsync(SimNode node, long mostMs) => Task.Delay(TimeSpan.FromMilliseconds(Chance.NextInt64(mostMs)), node.Clock);
}
