using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using AiGateway.Charging;
using AiGateway.Ledger;
using AiGateway.Plans;
using AiGateway.Pricing;
using AiGateway.Telemetry;
using AiGateway.Usage;
using Yarp.ReverseProxy.Forwarder;

namespace AiGateway.Pipeline.Settlement;

/// <summary>On the way back: charges the call once, whatever happened, frees the rest of its hold, and keeps or frees its idempotency key.</summary>
internal sealed class SettlementMiddleware(
    RequestDelegate next, Bookkeeper ledger, IdempotentAnswers answers, IPriceBookSource prices, IPlanBookSource plans, WorkSights sights, OpenSettlements open, TimeProvider time, ILogger<SettlementMiddleware> log)
{
    /// <summary>How long a JSON answer waits for its charge.</summary>
    public static readonly TimeSpan HeldAnswerWait = TimeSpan.FromSeconds(2);

    /// <summary>How long a stream's close waits for its charge.</summary>
    public static readonly TimeSpan StreamCloseWait = TimeSpan.FromSeconds(1);

    public async Task InvokeAsync(HttpContext context)
    {
        var call = context.Features.GetRequiredFeature<MeteredCall>();
        if (call.Hold is not { } hold)
        {
            await next(context);
            await LookAsync(context, call);
            await FinishAsync(context, call);
            return;
        }
        Task? charged = null;
        var ended = time.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            ended = time.GetTimestamp();
            charged = await SettleAsync(context, call, hold);
        }
        await EndKeyAsync(context, call, charged, ended);
        await FinishAsync(context, call);
    }

    /// <summary>A call that costs nothing may show the end of work that is still to be charged.</summary>
    private async Task LookAsync(HttpContext context, MeteredCall call)
    {
        if (call.MayShowWork && call.Answer is not null && StoredObjects.OfAnother(call, context.Request.Path) is { } id)
            await open.WaitAsync(sights.CloseAsync(call, context.GetReverseProxyFeature().Cluster.Config.ClusterId, id), StreamCloseWait);
    }

    /// <summary>Ignores the caller's cancellation: he may be gone, the provider's bill is not.</summary>
    /// <returns>The charge, done or still being written; null: there is none.</returns>
    private async Task<Task?> SettleAsync(HttpContext context, MeteredCall call, HoldId hold)
    {
        using var span = Spans.Settle();
        var cut = context.GetForwarderErrorFeature() is not null;
        var cluster = context.GetReverseProxyFeature().Cluster.Config.ClusterId;
        var another = StoredObjects.OfAnother(call, context.Request.Path);
        if (another is null && StoredObjects.DeferredBy(call, context.Request.Headers, cluster) is { } deferred)
        {
            call.Settled = new SettledCall("deferred", 0, null);
            var deferring = ledger.DeferAsync(hold, [deferred, .. StoredObjects.NamedBy(call, cluster)], CancellationToken.None);
            if (!await open.WaitAsync(deferring, hold, call.HeldAnswer is null ? StreamCloseWait : HeldAnswerWait))
                Log.SettleSlow(log, hold.RequestId);
            if (call.HeldAnswer is not null && !context.Response.HasStarted)
                AnswerHeaders.AtStart(context.Response.Headers, call, withHold: true);
            return deferring;
        }
        var isPaidFor = another is not null && (await sights.CloseAsync(call, cluster, another) || await sights.IsKnownAsync(call, cluster, another));
        if (isPaidFor || ChargeOf(call, hold, cut) is not { } charge)
        {
            call.Settled = new SettledCall("released", 0, null);
            var releasing = ledger.ReleaseAsync(hold, CancellationToken.None);
            if (await open.WaitAsync(releasing, hold, StreamCloseWait) && releasing.IsCompletedSuccessfully)
                call.LastWord = AnswerHeaders.AsComment(0, releasing.Result.Standing, StatusOf(releasing.Result.Standing));
            return null;
        }
        call.Settled = new SettledCall("settled", charge.Tokens, charge.Source);
        if (!prices.Current.HasPrice(charge.Model))
            Instruments.PriceMissing.Add(1, new KeyValuePair<string, object?>(Names.Model, charge.Model ?? Names.OtherModel));
        var settling = ledger.SettleAsync(hold, charge, CancellationToken.None, [.. StoredObjects.MadeBy(call, cluster), .. StoredObjects.NamedBy(call, cluster)]);
        if (!await open.WaitAsync(settling, hold, call.HeldAnswer is null ? StreamCloseWait : HeldAnswerWait))
            Log.SettleSlow(log, hold.RequestId);
        else if (settling.IsCompletedSuccessfully)
            TellNumbers(context.Response, call, charge, settling.Result);
        span?.SetTag(Names.ChargedTokens, charge.Tokens);
        return settling;
    }

    /// <summary>
    /// Ends the caller's claim on his Idempotency-Key. What he waits for it comes out of the time that he may wait for the charge,
    /// so that whoever has his answer can have it again, and whoever sees a failure can repeat the call.
    /// </summary>
    /// <param name="endedAt">When the provider's answer was over; a TimeProvider timestamp.</param>
    private async Task EndKeyAsync(HttpContext context, MeteredCall call, Task? charged, long endedAt)
    {
        if (call.Idempotency is not { } key)
            return;
        key.IsEnded = true;
        var isGood = key.IsWhole && !call.IsAborted && call.UpstreamStatus is >= 200 and < 300 && call.Answer is { Usage.Error: null };
        var ending = charged is not null && isGood
            ? answers.KeepAsync(key.Claim, Replay.Of(context.Response, key.Body), charged)
            : answers.FreeAsync(key.Claim);
        var left = (call.HeldAnswer is null ? StreamCloseWait : HeldAnswerWait) - time.GetElapsedTime(endedAt);
        if (left > TimeSpan.Zero)
            await open.WaitAsync(ending, left);
    }

    /// <summary>A price that cannot be worked out must not leave the hold open: the hold itself is charged then, and flagged.</summary>
    private Charge? ChargeOf(MeteredCall call, HoldId hold, bool cut)
    {
        try
        {
            var now = time.GetUtcNow();
            var charge = call is { Answer: { } answer, UpstreamRefusal: null } ? ChargeRule.For(Work(call, answer, cut), prices.Current, now) : null;
            return call.Discarded is { } discarded ? ChargeRule.WithDiscarded(charge, discarded, call.Facts?.Model, prices.Current, now) : charge;
        }
        catch (Exception error)
        {
            Log.NotPriced(log, hold.RequestId, error);
            return new Charge(call.HeldTokens, 0, UsageSource.Estimated, call.Answer?.Usage.Model ?? call.Facts?.Model, call.HeldTokens, 0, 0, 0, prices.Current.Version);
        }
    }

    private static AnsweredWork Work(MeteredCall call, AnswerOutcome answer, bool cut) => new()
    {
        Route = call.Route, Usage = answer.Usage, Status = call.UpstreamStatus, IsReadable = answer.IsReadable, IsCut = cut, HeldTokens = call.HeldTokens,
        Facts = call.Facts, AskedModel = call.Facts?.Model, LikelyInput = call.Facts is { } facts ? Estimates.InputTokens(facts) : null,
    };

    /// <summary>On the headers where they are still to come, else as a stream's last word.</summary>
    private void TellNumbers(HttpResponse response, MeteredCall call, Charge charge, SettleAnswer answer)
    {
        call.Settled = new SettledCall("settled", charge.Tokens, charge.Source, answer.Standing.Balance);
        if (call.HeldAnswer is null)
            return;
        call.LastWord = AnswerHeaders.AsComment(answer.Charged, answer.Standing, StatusOf(answer.Standing));
        if (!response.HasStarted)
            AnswerHeaders.AfterCharge(response.Headers, answer.Charged, charge.Source, answer.Standing, StatusOf(answer.Standing));
    }

    private string StatusOf(Standing standing) => plans.Current.StatusOf(standing.Balance, standing.Allocation);

    private async Task FinishAsync(HttpContext context, MeteredCall call)
    {
        var error = context.GetForwarderErrorFeature();
        if (error is not null && !context.RequestAborted.IsCancellationRequested)
            Log.ForwardingFailed(log, call.RequestId, error.Error.ToString(), error.Exception);
        CountError(context, call, error);
        if (call.UpstreamRefusal is { } replaced)
            await ReplaceAsync(context, replaced);
        else if (call.IsAborted)
            BreakOff(context);
        else if (error is not null && !context.Response.HasStarted)
            await AnswerFailureAsync(context, call, error);
        else if (call.HeldAnswer is { } held)
            await held.ReleaseAsync();
    }

    /// <summary>An error of the provider's, or an answer that did not come: not that of a caller who left.</summary>
    private static void CountError(HttpContext context, MeteredCall call, IForwarderErrorFeature? error)
    {
        if (call.UpstreamStatus >= 400)
            Instruments.Failed(call.UpstreamStatus.ToString(CultureInfo.InvariantCulture));
        else if (error is not null && !context.RequestAborted.IsCancellationRequested)
            Instruments.Failed(error.Error.ToString());
    }

    /// <summary>
    /// Ends the connection without the answer's own end. An abort would take bytes along that were passed on and have not left yet, so where
    /// there may be some the server is made to do it: it sends what it has, and then closes.
    /// </summary>
    private static void BreakOff(HttpContext context)
    {
        if (context.Response.HasStarted)
            throw new AnswerBrokeOffException();
        context.Abort();
    }

    private static async Task AnswerFailureAsync(HttpContext context, MeteredCall call, IForwarderErrorFeature error)
    {
        if (context.RequestAborted.IsCancellationRequested)
            return;
        // It died in the middle of an answer: the caller must see that, not a well-formed refusal.
        if (call.UpstreamStatus != 0)
            BreakOff(context);
        else
            await ReplaceAsync(context, ForwardingFailure.RefusalFor(error, context.Response.StatusCode));
    }

    private static Task ReplaceAsync(HttpContext context, Refusal refusal)
    {
        context.Response.Clear();
        return RefusalWriter.WriteAsync(context, refusal);
    }
}
