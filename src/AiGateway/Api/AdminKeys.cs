using AiGateway.Accounts;
using AiGateway.Insights;
using AiGateway.Routes;

namespace AiGateway.Api;

/// <summary>/admin/v1/keys: made, listed, rotated, revoked.</summary>
internal static class AdminKeys
{
    internal sealed record NewKey(KeyKind Kind, string? UserId, string Name, DateTime? ExpiresAt, string[]? Models);
    internal sealed record Rotation(int? OverlapSeconds);
    internal sealed record KeyView(string Id, KeyKind Kind, string? UserId, string Name, DateTime CreatedAt, DateTime? ExpiresAt, DateTime? RevokedAt, IReadOnlyList<string> Models);

    /// <summary>Time to roll a new key out before the old one stops.</summary>
    public const int DefaultOverlapSeconds = 24 * 3600;
    public const int MaxOverlapSeconds = 30 * 24 * 3600;
    private const int MaxNameLength = 128;
    private const int MaxModels = 30;

    public static void MapAdminKeys(this IEndpointRouteBuilder api)
    {
        api.MapPost("/keys", MakeAsync).Describe("Make a key; it is shown this once.");
        api.MapGet("/keys", ListAsync).Describe<Page<KeyView>>("Keys by their public ids; no secrets.");
        api.MapDelete("/keys/{id}", RevokeAsync).Describe("Revoke a key, on every node within a second.");
        api.MapPost("/keys/{id}/rotate", RotateAsync).Describe("Make a key in the place of another, which goes on for the overlap.");
    }

    /// <returns>Null: such a key can be made.</returns>
    public static string? Check(KeyKind kind, string? userId, string? name, DateTimeOffset? expires, IReadOnlyList<string> models, DateTimeOffset now) =>
        kind is not (KeyKind.User or KeyKind.App) ? "kind must be user or app."
        : kind == KeyKind.User && UserIds.Check(userId) is { } why ? $"user_id {why}"
        : kind == KeyKind.App && userId is not null ? "An app key has no user_id: it names its user on each call."
        : string.IsNullOrWhiteSpace(name) || name.Length > MaxNameLength ? $"name must have 1 to {MaxNameLength} characters."
        : expires <= now ? "expires_at is in the past."
        : models.Count > MaxModels ? $"models may name {MaxModels} at most."
        : models.Select(ModelPattern.Check).FirstOrDefault(wrong => wrong is not null) is { } wrong ? $"models: {wrong}."
        : null;

    private static async Task<IResult> MakeAsync(NewKey body, KeyStore keys, TimeProvider time, CancellationToken cancel)
    {
        DateTimeOffset? expires = body.ExpiresAt is { } at ? new DateTimeOffset(at, TimeSpan.Zero) : null;
        if (Check(body.Kind, body.UserId, body.Name, expires, body.Models ?? [], time.GetUtcNow()) is { } wrong)
            return Problems.Invalid(wrong);
        var key = await keys.MakeAsync(body.Kind, body.UserId, body.Name, expires, cancel, body.Models);
        return Results.Ok(new { id = key.Id, key = key.ToString() });
    }

    private static async Task<IResult> ListAsync(KeyStore keys, string? after, int? limit, CancellationToken cancel)
    {
        var (size, problem) = Listing.Limit(limit);
        if (problem is not null)
            return problem;
        var found = await keys.ListAsync(after, size + 1, cancel);
        return Results.Ok(Paging.Of(found, size, View, k => k.Id));
    }

    private static async Task<IResult> RevokeAsync(string id, KeyStore keys, CancellationToken cancel)
    {
        if (await keys.FindAsync(id, cancel) is null)
            return Problems.NotFound($"No key {id}.");
        await keys.RevokeAsync(id, cancel);
        return Results.NoContent();
    }

    private static async Task<IResult> RotateAsync(string id, Rotation? body, KeyStore keys, CancellationToken cancel)
    {
        var overlap = body?.OverlapSeconds ?? DefaultOverlapSeconds;
        if (overlap is < 0 or > MaxOverlapSeconds)
            return Problems.Invalid($"overlap_seconds must be 0 to {MaxOverlapSeconds}.");
        return await keys.RotateAsync(id, TimeSpan.FromSeconds(overlap), cancel) is { } made
            ? Results.Ok(new { id = made.Id, key = made.ToString() })
            : Problems.NotFound($"No live key {id}.");
    }

    public static KeyView View(KeyInfo key) =>
        new(key.Id, key.Kind, key.UserId, key.Name, Words.Time(key.CreatedAt),
            key.ExpiresAt is { } expires ? Words.Time(expires) : null, key.RevokedAt is { } revoked ? Words.Time(revoked) : null, key.Models);
}
