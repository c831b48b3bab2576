using Microsoft.AspNetCore.Http.Features;
using System.Text.Json;
using AiGateway.Accounts;
using AiGateway.Ledger;
using AiGateway.Plans;
using AiGateway.Pricing;
using AiGateway.Routes;
using AiGateway.Telemetry;
using AiGateway.Usage;
using Microsoft.Extensions.Options;

namespace AiGateway.Pipeline.Admission;

/// <summary>Allowed now, and able to pay? Reads the body, holds the tokens; refuses with 400, 402, 403, 409, 413, 422, 429 or 503.</summary>
internal sealed class AdmissionMiddleware(
    RequestDelegate next, Bookkeeper ledger, IdempotencyDesk idempotency, ModelDoor models, AccountDirectory accounts, ObjectOwners owners, IPriceBookSource prices, IPlanBookSource plans, IOptions<AdmissionOptions> options, TimeProvider time)
{
    /// <summary>Together longer than a stream's close waits for its charge.</summary>
    private const int OwnerLooks = 12;
    private static readonly TimeSpan OwnerPause = TimeSpan.FromMilliseconds(100);

    public async Task InvokeAsync(HttpContext context)
    {
        var call = context.Features.GetRequiredFeature<MeteredCall>();
        try
        {
            if (await AdmitAsync(context, call) is { } refusal)
            {
                // First the key, then the refusal: whoever has it may repeat the call at once.
                await idempotency.FreeAsync(call);
                await RefusalWriter.WriteAsync(context, refusal);
                return;
            }
            if (call.Replay is { } kept)
            {
                await Replay.WriteAsync(context, kept);
                return;
            }
            PutBodyBack(context.Request, call);
            await next(context);
        }
        finally
        {
            await idempotency.FreeAsync(call);
            call.Body?.Dispose();
        }
    }

    /// <summary>The order of the checks is the contract's: headers, account, idempotency, cap, then hour and balance in one step.</summary>
    private async Task<Refusal?> AdmitAsync(HttpContext context, MeteredCall call)
    {
        var (headers, badHeader) = CallHeadersReader.Read(call, context.Request.Headers);
        call.Headers = headers;
        if (badHeader is not null)
            return badHeader;
        // What leads past the meter is refused, or the operator has allowed it to: then there is nothing to measure, and no guess is better than none.
        var takesHold = !call.Route.BypassesMeter && HoldEstimate.TakesHold(call.Route.Format, context.Request.Method) && HasBody(context, call.Route.Format);
        if (await ReadBodyAsync(context, call, takesHold) is { } badBody)
            return badBody;
        takesHold = takesHold && !(call.Body is { Length: 0 } && HoldEstimate.MayBeEmpty(call.Route.Format));
        if (ResolveUser(context, call, takesHold || call.IsSession) is { } badUser)
            return badUser;
        if ((takesHold || call.IsSession) && models.Concerns(call) && await models.ChooseAsync(context, call) is { } badModel)
            return badModel;
        if (await CheckOwnerAsync(context, call) is { } notOwned)
            return notOwned;
        if (!takesHold)
            return await CheckActiveAsync(call, context.RequestAborted);
        if (IdempotencyDesk.Concerns(call) && await ClaimAsync(context, call) is { } badKey)
            return badKey;
        return call.Replay is null ? await HoldAsync(call) : null;
    }

    /// <summary>All callers share one account at the provider: a user goes on from his own objects only. An app serves every account.</summary>
    private async Task<Refusal?> CheckOwnerAsync(HttpContext context, MeteredCall call)
    {
        if (call.Caller?.Kind == KeyKind.App)
            return null;
        // What a session goes on from is said inside it, where nobody looks; a call that it joins may be anybody's.
        if (call.IsSession && (call.Route.Format == UsageFormat.OpenAiResponses || context.Request.Query.ContainsKey("call_id")))
            return Refusal.RouteNotAllowed("Sessions that can reach stored objects or calls of every account are open to app keys only.");
        var cluster = context.GetReverseProxyFeature().Cluster.Config.ClusterId;
        try
        {
            foreach (var id in (string?[])[call.Facts?.PreviousResponseId, call.Facts?.Conversation, .. call.Facts?.References ?? ValueList<string>.Empty])
                if (id is not null && !await IsOwnAsync(call, cluster, id, context.RequestAborted))
                    return Refusal.RouteNotAllowed("previous_response_id, conversation, item_reference, files, stores and containers must name objects of this account.");
        }
        catch (KeysUnavailableException)
        {
            return Refusal.LedgerUnavailable();
        }
        return null;
    }

    /// <summary>The last bytes of a stream go before its charge is written, and the note of whose answer it was with it: a quick caller is waited for.</summary>
    private async Task<bool> IsOwnAsync(MeteredCall call, string cluster, string id, CancellationToken cancel)
    {
        var until = id == call.Facts?.PreviousResponseId ? OwnerLooks : 1;
        for (var look = 1; ; look++)
        {
            var owner = await owners.OwnerOfAsync(cluster, id, cancel);
            if (owner is not null || look == until)
                return owner == call.UserId;
            await Task.Delay(OwnerPause, time, cancel);
        }
    }

    private static bool HasBody(HttpContext context, UsageFormat format) =>
        !HoldEstimate.MayBeEmpty(format) || context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != false;

    private async Task<Refusal?> ReadBodyAsync(HttpContext context, MeteredCall call, bool takesHold)
    {
        var request = context.Request;
        var isJson = takesHold && HoldEstimate.ReadsBody(call.Route.Format, request.ContentType);
        var isForm = takesHold && !isJson && HoldEstimate.IsForm(call.Route.Format);
        if (!isJson && !IsReadWhole(context, call, takesHold))
        {
            call.Form = isForm ? await FormBody.OpenAsync(request.Body, request.ContentType, context.RequestAborted) : null;
            return null;
        }
        var body = await RequestBody.ReadAsync(request.Body, request.ContentLength, context.RequestAborted);
        if (body is null)
            return Refusal.RequestTooLarge(request.ContentLength ?? RequestBody.SizeLimit + 1, RequestBody.SizeLimit);
        call.Body = body;
        if (!isJson)
        {
            call.Facts = isForm ? FormBody.Read(body, request.ContentType) : null;
            return null;
        }
        if (body.Length == 0 && HoldEstimate.MayBeEmpty(call.Route.Format))
            return null;
        try
        {
            var facts = body.Look(json => RequestReader.Read(call.Route.Format, json));
            call.Facts = facts.Model is null ? facts with { Model = RequestPath.Model(request.Path.Value ?? "") } : facts;
            return null;
        }
        catch (JsonException error)
        {
            return Refusal.InvalidJson($"The request body is not valid JSON: {error.Message}");
        }
    }

    /// <summary>A body that is no JSON streams, unless it says which model is meant, or may have to go up twice; one that is too large for that goes up once.</summary>
    private bool IsReadWhole(HttpContext context, MeteredCall call, bool takesHold) =>
        (takesHold && models.Concerns(call))
        || (context.GetReverseProxyFeature().AllDestinations.Count > 1 && context.Request.ContentLength is > 0 and <= RequestBody.SizeLimit);

    /// <summary>What was read goes up as it came, but for what is spliced in.</summary>
    private static void PutBodyBack(HttpRequest request, MeteredCall call)
    {
        if (call.Form is not null)
            request.Body = call.Form;
        if (call.Body is not { } body)
            return;
        var splice = call.Route.InjectStreamUsage ? call.Facts?.UsageSplice : null;
        call.UsageSpliced = splice is not null;
        var limit = call.Route.EnforceHold && call.Facts is { } facts ? OutputLimit.Splice(call.Route.Format, facts, HoldEstimate.OutputOfOneChoice(call.Route, facts)) : null;
        // In the order of their places: nothing stands behind the limit.
        call.Splices = (splice, limit) switch
        {
            (null, null) => [],
            (null, _) => [limit],
            (_, null) => [splice],
            _ => [splice, limit],
        };
        request.Body = body.Open(call.Splices);
        if (request.ContentLength is not null)
            request.ContentLength = request.Body.Length;
    }

    private static Refusal? ResolveUser(HttpContext context, MeteredCall call, bool mustPay)
    {
        var caller = call.Caller ?? throw new InvalidOperationException("Admission runs after identification.");
        var (named, refusal) = CallHeadersReader.ReadUser(context.Request.Headers);
        if (refusal is not null)
            return refusal;
        if (caller.UserId is { } own)
        {
            call.UserId = own;
            return named is null || named == own ? null : Refusal.UserMismatch();
        }
        var user = named ?? call.Facts?.SafetyIdentifier ?? call.Facts?.User;
        // Lists of models and the like cost nobody anything: an app's own start-up check needs no user.
        if (user is null && !mustPay)
            return null;
        if (user is null)
            return Refusal.UserRequired($"An app key must name its user: send {CallHeaders.User}, or safety_identifier or user in the body.");
        call.UserId = user;
        return UserIds.Check(user) is { } why ? Refusal.UserRequired($"The user in the body {why}") : null;
    }

    private async Task<Refusal?> CheckActiveAsync(MeteredCall call, CancellationToken cancel)
    {
        if (call.UserId.Length == 0)
            return null;
        try
        {
            return await accounts.IsSuspendedAsync(call.UserId, cancel) ? Refusal.UserSuspended() : null;
        }
        catch (KeysUnavailableException)
        {
            return Refusal.LedgerUnavailable();
        }
    }

    /// <summary>A kept answer takes no hold, which would have asked about the account.</summary>
    private async Task<Refusal?> ClaimAsync(HttpContext context, MeteredCall call) =>
        await CheckActiveAsync(call, context.RequestAborted) ?? await idempotency.ClaimAsync(context.Request, call);

    private async Task<Refusal?> HoldAsync(MeteredCall call)
    {
        using var span = Spans.Hold();
        var bound = HoldEstimate.Of(call.Route, call.Facts);
        var cap = Math.Min(options.Value.MaxTokensPerCall, call.Headers.MaxTokens ?? long.MaxValue);
        var estimate = bound.Amount > cap ? Counted(call, bound, cap) : bound;
        if (estimate.Amount > cap)
            return Refusal.ActionTooLarge(estimate.Amount, cap);
        try
        {
            var request = HoldRequest(call, estimate);
            // Not the caller's token: a hold that was asked for must be known here, or nobody would free it.
            var answer = await ledger.HoldAsync(request, CancellationToken.None);
            if (answer.Outcome is HoldOutcome.Insufficient or HoldOutcome.HeldByOthers && estimate == bound)
            {
                // A refusal used nothing up, so asking again with the exact count is one call still.
                request = HoldRequest(call, Counted(call, bound, answer.Standing.Balance));
                if (request.Amount < bound.Amount)
                    answer = await ledger.HoldAsync(request, CancellationToken.None);
            }
            var refusal = Accept(call, request, answer);
            call.Standing = answer.Standing;
            span?.SetTag(Names.HeldTokens, call.HeldTokens);
            call.BalanceStatus = plans.Current.StatusOf(answer.Standing.Balance, answer.Standing.Allocation);
            return refusal;
        }
        catch (LedgerUnavailableException)
        {
            return Refusal.LedgerUnavailable();
        }
    }

    /// <summary>Only where the bound would refuse the call: counting costs a thousand times what the bound does.</summary>
    private static HoldEstimate Counted(MeteredCall call, HoldEstimate bound, long limit) =>
        call is { Body: { } body, Facts: { } facts } ? body.Look(json => bound.Counted(call.Route, facts, json, limit)) : bound;

    private HoldRequest HoldRequest(MeteredCall call, HoldEstimate estimate) => new(
        new HoldId(call.UserId, call.RequestId), estimate.Amount, estimate.Presumed(call.Route, prices.Current.RatesFor(call.Facts?.Model, time.GetUtcNow())),
        call.Action, call.Facts?.Model, call.Headers.Metadata, options.Value.CallLimit, GoesUpAtOnce: true);

    private Refusal? Accept(MeteredCall call, HoldRequest request, HoldAnswer answer)
    {
        if (answer.Outcome == HoldOutcome.Held)
            (call.Hold, call.HeldTokens) = (request.Id, request.Amount);
        return HoldRefusal.For(answer, request.Amount, options.Value, time.GetUtcNow());
    }
}
