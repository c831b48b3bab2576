using System.Text.Json;
using AiGateway.Accounts;
using AiGateway.Charging;
using AiGateway.Insights;
using AiGateway.Ledger;
using AiGateway.Plans;
using AiGateway.Pricing;
using AiGateway.Usage;

namespace AiGateway.Api;

/// <summary>POST /gateway/v1/usage: an app reports work that did not go through the proxy. A source key makes it count once.</summary>
internal static class UsageApi
{
    internal sealed record NewUsage(
        string SourceKey, string UserId, string ActionType, string? Model, long PromptTokens, long CompletionTokens, JsonElement? Metadata);

    private const int MaxModelLength = 128;

    /// <summary>More than any one piece of work uses; sums of millions of them still fit.</summary>
    private const long MaxTokens = 1_000_000_000;

    public static async Task<IResult> ReportAsync(
        HttpContext context, NewUsage body, Bookkeeper ledger, IPriceBookSource prices, IPlanBookSource plans, TimeProvider time, CancellationToken cancel)
    {
        if (CallerAccess.Caller(context).Kind != KeyKind.App)
            return Problems.Forbidden("route_not_allowed", "Usage is reported with an app key.");
        if (Check(body) is { } why)
            return Problems.Invalid(why);
        var answer = await ledger.ChargeExternalAsync(Priced(body, prices.Current, time.GetUtcNow()), cancel);
        return answer.Outcome == SettleOutcome.Conflict
            ? Problems.Conflict("source_key_reused", $"The source key '{body.SourceKey}' was used before with other content. Nothing was changed.")
            : Results.Ok(new
            {
                source_key = body.SourceKey, user_id = body.UserId, tokens_used = answer.Charged, tokens_remaining = answer.Standing.Balance,
                status = plans.Current.StatusOf(answer.Standing.Balance, answer.Standing.Allocation), already_recorded = answer.Outcome == SettleOutcome.AlreadySettled,
            });
    }

    private static ExternalUsage Priced(NewUsage body, PriceBook prices, DateTimeOffset now)
    {
        var tokens = new TokenCounts { Input = body.PromptTokens, Output = body.CompletionTokens };
        var charge = new PricedUse(prices, body.Model, null, now).Of(tokens, [], ChargeBy.Tokens, UsageSource.Reported);
        return new ExternalUsage(body.UserId, body.ActionType, TransactionView.ReportedKeyPrefix + body.SourceKey, charge, body.Metadata?.GetRawText());
    }

    private static string? Check(NewUsage body)
    {
        if (UserIds.Check(body.UserId) is { } user)
            return $"user_id {user}";
        if (SourceKeys.Check(body.SourceKey) is { } key)
            return $"source_key {key}";
        if (CallLabels.CheckAction(body.ActionType) is { } action)
            return $"action_type {action}";
        if (body.Model?.Length > MaxModelLength)
            return $"model must have at most {MaxModelLength} characters.";
        if (body.PromptTokens is < 0 or > MaxTokens || body.CompletionTokens is < 0 or > MaxTokens)
            return $"prompt_tokens and completion_tokens must be 0 to {MaxTokens}.";
        return body.Metadata is { } metadata && CallLabels.CheckMetadata(metadata.GetRawText()) is { } why ? $"metadata {why}" : null;
    }
}
