using System.Globalization;
using System.Threading.Channels;
using AiGateway.Charging;
using AiGateway.Ledger;
using AiGateway.Pricing;
using AiGateway.Telemetry;
using AiGateway.Usage;

namespace AiGateway.Pipeline.Sessions;

/// <summary>
/// Pays for a session, response by response. One hold is always taken ahead, so that no response begins unpaid; where the next one is
/// refused, what runs may end, and then the session is closed. What happens is told in order and written behind the stream, which
/// never waits for it.
/// </summary>
internal sealed class SessionMeter(
    MeteredCall call, Bookkeeper ledger, IPriceBookSource prices, AdmissionOptions options, Func<Task> close, TimeProvider time, ILogger log)
{
    /// <summary>Sound of 24,000 samples a second, two bytes each, of which twenty tokens make a second.</summary>
    private const long SoundBytesPerToken = 2400;

    private sealed class Response(HoldId? hold)
    {
        public HoldId? Hold => hold;
        public long TextBytes, SoundBytes;
    }

    private readonly Channel<SessionEvent> _events = Channel.CreateUnbounded<SessionEvent>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private readonly Dictionary<string, Response> _running = new(StringComparer.Ordinal);
    private HoldId? _spare;
    private readonly HashSet<string> _ended = new(StringComparer.Ordinal);
    private string? _model, _transcriptionModel, _latest;
    private long _context;
    private int _holds, _charges;
    private bool _isExhausted;
    private Task _writing = Task.CompletedTask;

    /// <summary>Tokens charged so far.</summary>
    public long Charged { get; private set; }

    /// <summary>Takes the first hold, which counts as the session's one call.</summary>
    /// <param name="model">As the address names it, until the session says which one it is.</param>
    /// <returns>The refusal; null: the session may open.</returns>
    public async Task<Refusal?> OpenAsync(string? model)
    {
        _model = model;
        var (answer, amount) = await HoldAsync(options.CallLimit);
        (call.HeldTokens, call.Standing) = (amount, answer.Standing);
        if (HoldRefusal.For(answer, amount, options, time.GetUtcNow()) is { } refusal)
            return refusal;
        _writing = WriteAsync();
        return null;
    }

    /// <summary>An event has gone to the caller.</summary>
    public void Saw(SessionEvent happened)
    {
        // Pieces of an answer only count; they need no place in the line that others wait in.
        if (happened.BeginsResponse || happened.EndsResponse || happened.IsTranscription || happened.SessionModel is not null || IsPiece(happened))
            _events.Writer.TryWrite(happened);
    }

    /// <summary>The connection is gone: charges what was produced and not reported, and frees what was held ahead.</summary>
    public async Task EndAsync()
    {
        _events.Writer.TryComplete();
        await _writing;
        foreach (var response in _running.Values)
            await GuardAsync(() => EndAsync(response, report: null));
        if (_spare is { } spare)
            await GuardAsync(() => ledger.ReleaseAsync(spare, CancellationToken.None));
    }

    // The event that ends a part repeats its whole text.
    private static bool IsPiece(SessionEvent happened) =>
        happened.Type.EndsWith(".delta", StringComparison.Ordinal) && (happened.SoundBytes > 0 || happened.Report.OutputTextBytes > 0);

    private async Task WriteAsync()
    {
        await foreach (var happened in _events.Reader.ReadAllAsync())
            await GuardAsync(() => TakeInAsync(happened));
    }

    /// <summary>One charge that fails must not stop those behind it. The hold stays in the books, where the sweeper ends it.</summary>
    private async Task GuardAsync(Func<Task> move)
    {
        try
        {
            await move();
        }
        catch (Exception error)
        {
            Log.SettleFailed(log, call.RequestId, error);
        }
    }

    private async Task TakeInAsync(SessionEvent happened)
    {
        _model = happened.SessionModel ?? _model;
        _transcriptionModel = happened.TranscriptionModel ?? _transcriptionModel;
        if (happened.IsTranscription)
            await ChargeExtraAsync(happened);
        else if (happened is { BeginsResponse: true, ResponseId: { } begun })
            await BeginAsync(begun);
        else if (happened.EndsResponse)
            await FinishAsync(happened);
        else if ((happened.ResponseId ?? _latest) is { } id && _running.TryGetValue(id, out var response))
            (response.TextBytes, response.SoundBytes) = (response.TextBytes + happened.Report.OutputTextBytes, response.SoundBytes + happened.SoundBytes);
    }

    private async Task BeginAsync(string id)
    {
        if (_running.ContainsKey(id))
            return;
        if (_spare is null)
            await GuardAsync(() => HoldAsync(null));
        var hold = _spare;
        (_running[id], _spare, _latest) = (new Response(hold), null, id);
        if (hold is { } taken)
            await GuardAsync(() => ledger.DispatchAsync(taken, CancellationToken.None));
        await HoldAheadAsync();
    }

    private async Task FinishAsync(SessionEvent happened)
    {
        if (happened.ResponseId is not { } id || !_ended.Add(id))
            return;
        if (!_running.ContainsKey(id))
            await BeginAsync(id);
        if (happened.Report.Tokens is { } used)
            _context = (used.Input ?? 0) + (used.Output ?? 0);
        if (_running.Remove(id, out var response))
            await GuardAsync(() => EndAsync(response, happened.Report));
        if (_isExhausted)
            await HoldAheadAsync();
    }

    /// <summary>Takes the hold of the response that comes next; closes the session where that is refused and nothing runs any more.</summary>
    private async Task HoldAheadAsync()
    {
        try
        {
            if (_spare is null)
                _isExhausted = (await HoldAsync(null)).Answer.Outcome != HoldOutcome.Held;
        }
        catch (LedgerUnavailableException error)
        {
            // No response may begin that nothing is held for.
            _isExhausted = true;
            Log.SettleFailed(log, call.RequestId, error);
        }
        if (_isExhausted && _running.Values.All(each => each.Hold is null))
            await close();
    }

    private async Task<(HoldAnswer Answer, long Amount)> HoldAsync(CallLimit? limit)
    {
        var now = time.GetUtcNow();
        var output = call.Route.DefaultMaxOutputTokens;
        var quote = prices.Current.Quote(new TokenCounts { Input = 0, Output = output, OutputAudio = call.Route.Format == UsageFormat.OpenAiRealtime ? output : 0 }, _model, null, now, call.Route.ChargeBy);
        var perToken = quote.Tokens == 0 ? 0 : checked((long)((Int128)quote.CostNanoUsd * 1_000_000 / quote.Tokens));
        var id = new HoldId(call.UserId, $"{call.RequestId}#{(++_holds).ToString(CultureInfo.InvariantCulture)}");
        var presumed = new PresumedUse(0, quote.Tokens, 0, perToken, quote.PriceVersion);
        var answer = await ledger.HoldAsync(new HoldRequest(id, quote.Tokens, presumed, call.Action, _model, call.Headers.Metadata, limit), CancellationToken.None);
        if (answer.Outcome == HoldOutcome.Held)
            _spare = id;
        return (answer, quote.Tokens);
    }

    /// <param name="report">What the provider says was used; null, or without tokens: it did not say.</param>
    private async Task EndAsync(Response response, UsageReport? report)
    {
        var seen = new TokenCounts
        {
            // What was said before is read again at each response, and billed.
            Input = _context, Output = Estimates.OutputTokens(response.TextBytes) + response.SoundBytes / SoundBytesPerToken, OutputAudio = response.SoundBytes / SoundBytesPerToken,
        };
        var isNothing = report?.Tokens is null && seen.Input + seen.Output == 0;
        if (isNothing && response.Hold is { } unused)
            await ledger.ReleaseAsync(unused, CancellationToken.None);
        if (isNothing)
            return;
        var charge = Price(report?.Tokens ?? seen, [], string.IsNullOrEmpty(report?.Model) ? _model : report.Model, report?.ServiceTier, report?.Tokens is null ? UsageSource.Estimated : UsageSource.Reported);
        if (response.Hold is { } hold)
            await ledger.SettleAsync(hold, charge, CancellationToken.None);
        else
            await ChargeAsync(charge);
        Charged += charge.Tokens;
    }

    /// <summary>Writing down what the caller said is billed beside the responses, at the price of the model that does it.</summary>
    private async Task ChargeExtraAsync(SessionEvent happened)
    {
        if (happened.Report.Tokens is null && happened.Milliseconds is null)
            return;
        UnitUse[] units = happened is { Report.Tokens: null, Milliseconds: { } sound } ? [new UnitUse(UsageUnit.AudioMillisecond, sound)] : [];
        var charge = Price(happened.Report.Tokens ?? new TokenCounts { Input = 0, Output = 0 }, units, _transcriptionModel, null, UsageSource.Reported);
        var answer = await ChargeAsync(charge);
        Charged += charge.Tokens;
        if (answer.Standing.Available >= 0)
            return;
        // A session that only writes down never begins a response, so that no hold would stop it.
        _isExhausted = true;
        if (_running.Count == 0)
            await close();
    }

    private Charge Price(TokenCounts tokens, UnitUse[] units, string? model, string? tier, UsageSource source) =>
        new PricedUse(prices.Current, CountMissing(model), tier, time.GetUtcNow()).Of(tokens, units, call.Route.ChargeBy, source);

    private string? CountMissing(string? model)
    {
        if (!prices.Current.HasPrice(model))
            Instruments.PriceMissing.Add(1, new KeyValuePair<string, object?>(Names.Model, model ?? Names.OtherModel));
        return model;
    }

    private Task<SettleAnswer> ChargeAsync(Charge charge) => ledger.ChargeSurelyAsync(
        new ExternalUsage(call.UserId, call.Action, $"session:{call.RequestId}:{(++_charges).ToString(CultureInfo.InvariantCulture)}", charge, call.Headers.Metadata), CancellationToken.None);
}
