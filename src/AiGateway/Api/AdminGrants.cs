using System.Text.Json;
using AiGateway.Accounts;
using AiGateway.Ledger;

namespace AiGateway.Api;

/// <summary>/admin/v1/grants and /adjustments: tokens given and taken by an operator, each once.</summary>
internal static class AdminGrants
{
    internal sealed record NewGrant(string UserId, long Tokens, string ActionType, string SourceKey, DateTime? ExpiresAt, JsonElement? Metadata);
    internal sealed record NewAdjustment(string UserId, long Tokens, string SourceKey, string Reason);

    /// <summary>More than a grant can sensibly be; sums of millions of them still fit.</summary>
    public const long MaxTokens = 1_000_000_000_000;
    private const int MaxMetadataLength = 2048;

    public static readonly IReadOnlyDictionary<string, LotKind> Kinds = new Dictionary<string, LotKind>(StringComparer.Ordinal)
    {
        ["trial_grant"] = LotKind.Trial, ["promo_grant"] = LotKind.Promo, ["subscription_grant"] = LotKind.Subscription,
        ["renewal_grant"] = LotKind.Subscription, ["token_pack"] = LotKind.Pack, ["refund"] = LotKind.Pack, ["adjustment"] = LotKind.Pack,
    };

    public static void MapAdminGrants(this IEndpointRouteBuilder api)
    {
        api.MapPost("/grants", GrantAsync).Describe("Give tokens, once for each source_key.");
        api.MapPost("/grants/{id:long}/void", VoidAsync).Describe("Take back what a grant gave.");
        api.MapPost("/adjustments", AdjustAsync).Describe("Add tokens, or take free ones, with a reason.");
    }

    private static async Task<IResult> GrantAsync(NewGrant body, Bookkeeper ledger, TimeProvider time, CancellationToken cancel)
    {
        if (Check(body.UserId, body.SourceKey) is { } problem)
            return problem;
        if (body.Tokens is < 1 or > MaxTokens)
            return Problems.Invalid($"tokens must be 1 to {MaxTokens}.");
        if (!Kinds.TryGetValue(body.ActionType ?? "", out var kind))
            return Problems.Invalid($"action_type must be one of {string.Join(", ", Kinds.Keys)}.");
        if (body.ExpiresAt <= time.GetUtcNow().UtcDateTime)
            return Problems.Invalid("expires_at is in the past.");
        if (body.Metadata is { } metadata && (metadata.ValueKind != JsonValueKind.Object || metadata.GetRawText().Length > MaxMetadataLength))
            return Problems.Invalid($"metadata must be a JSON object of at most {MaxMetadataLength} characters.");
        long? expires = body.ExpiresAt is { } at ? new DateTimeOffset(at, TimeSpan.Zero).ToUnixTimeMilliseconds() : null;
        return Answer(body.UserId, body.Tokens, body.SourceKey, await ledger.GrantAsync(
            new GrantRequest(body.UserId, body.Tokens, kind, body.ActionType ?? "", body.SourceKey, expires, Metadata: body.Metadata?.GetRawText()), cancel));
    }

    private static IResult Answer(string userId, long tokens, string sourceKey, GrantAnswer answer) =>
        answer.Outcome == GrantOutcome.Conflict
            ? Problems.Conflict("source_key_reused", $"The source key '{sourceKey}' was used before with other content. Nothing was changed.")
            : Results.Ok(new
            {
                id = answer.LotId, user_id = userId, tokens, source_key = sourceKey, balance = answer.Standing.Balance,
                already_granted = answer.Outcome == GrantOutcome.AlreadyGranted,
            });

    private static async Task<IResult> VoidAsync(long id, Insights.LotReader lots, Bookkeeper ledger, CancellationToken cancel)
    {
        if (await lots.FindAsync(id, cancel) is not { } lot)
            return Problems.NotFound($"No grant {id}.");
        var answer = await ledger.ClawBackAsync(new ClawbackRequest(lot.SourceKey, lot.Granted, "adjustment", "void:" + lot.SourceKey), cancel);
        return Results.Ok(new { id, user_id = lot.UserId, removed = answer.Removed, balance = answer.Standing.Balance, already_voided = answer.Outcome == RemovalOutcome.AlreadyRemoved });
    }

    private static async Task<IResult> AdjustAsync(NewAdjustment body, Bookkeeper ledger, CancellationToken cancel)
    {
        if (Check(body.UserId, body.SourceKey) is { } problem)
            return problem;
        if (body.Tokens is 0 or > MaxTokens or < -MaxTokens)
            return Problems.Invalid($"tokens must not be 0, nor beyond {MaxTokens} either way; a positive figure adds.");
        if (string.IsNullOrWhiteSpace(body.Reason) || body.Reason.Length > 500)
            return Problems.Invalid("reason must have 1 to 500 characters.");
        var metadata = JsonSerializer.Serialize(new { reason = body.Reason });
        if (body.Tokens > 0)
            return Answer(body.UserId, body.Tokens, body.SourceKey, await ledger.GrantAsync(
                new GrantRequest(body.UserId, body.Tokens, LotKind.Pack, "adjustment", body.SourceKey, Metadata: metadata), cancel));
        return Answer(body, await ledger.RemoveAsync(new RemovalRequest(body.UserId, -body.Tokens, "adjustment", body.SourceKey, metadata), cancel));
    }

    private static IResult Answer(NewAdjustment body, RemovalAnswer answer) => answer.Outcome switch
    {
        RemovalOutcome.Removed or RemovalOutcome.AlreadyRemoved => Results.Ok(new
        {
            user_id = body.UserId, tokens = -answer.Removed, source_key = body.SourceKey, balance = answer.Standing.Balance,
            already_adjusted = answer.Outcome == RemovalOutcome.AlreadyRemoved,
        }),
        RemovalOutcome.Conflict => Problems.Conflict("source_key_reused", $"The source key '{body.SourceKey}' was used before with other content. Nothing was changed."),
        RemovalOutcome.Insufficient => Problems.Conflict("insufficient_tokens", $"Only {answer.Standing.Available} tokens are free to take. Nothing was changed."),
        RemovalOutcome.Unknown => Problems.NotFound($"No user {body.UserId}."),
        _ => throw new InvalidOperationException($"No answer for {answer.Outcome}."),
    };

    private static IResult? Check(string? userId, string? sourceKey) =>
        UserIds.Check(userId) is { } why ? Problems.Invalid($"user_id {why}")
        : SourceKeys.Check(sourceKey) is { } wrong ? Problems.Invalid($"source_key {wrong}")
        : null;
}
