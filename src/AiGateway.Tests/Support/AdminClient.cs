using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace AiGateway.Tests.Support;

/// <summary>A made key: <paramref name="Id"/> is its public part, <paramref name="Secret"/> the whole key, shown once.</summary>
internal sealed record MadeKey(string Id, string Secret);

/// <summary>/admin/v1 as an operator calls it. Every call that does not answer 200 or 201 is a failure with the body in it.</summary>
internal sealed class AdminClient(HttpClient http, string adminKey)
{
    private const int PageSize = 500;

    public Task<JsonElement> CreateUserAsync(string userId) => PostAsync("users", new { user_id = userId });

    public async Task<MadeKey> CreateKeyAsync(string kind, string? userId, string name = "test")
    {
        var made = await PostAsync("keys", userId is null ? new { kind, name } : new { kind, user_id = userId, name });
        return new(made.GetProperty("id").ToString(), made.GetProperty("key").GetString() ?? throw new JsonException("A key without its key."));
    }

    public Task<JsonElement> GrantAsync(string userId, long tokens, string sourceKey, string actionType = "token_pack") =>
        PostAsync("grants", new { user_id = userId, tokens, action_type = actionType, source_key = sourceKey });

    public Task<JsonElement> BalanceAsync(string userId) => GetAsync($"users/{Uri.EscapeDataString(userId)}/balance");

    public async Task<long> TokensOfAsync(string userId) => (await BalanceAsync(userId)).GetProperty("balance").GetInt64();

    public Task<IReadOnlyList<JsonElement>> TransactionsAsync() => AllAsync("transactions");

    /// <summary>The rows of charged calls of one user.</summary>
    public async Task<IReadOnlyList<JsonElement>> ChargesAsync(string userId) =>
        (await TransactionsAsync()).Where(row => row.GetProperty("entry").GetString() == "usage" && row.GetProperty("user_id").GetString() == userId).ToList();

    /// <summary>Waits until that many calls of a user are charged: settling may end after the answer did.</summary>
    public async Task<IReadOnlyList<JsonElement>> ChargesAsync(string userId, int count)
    {
        IReadOnlyList<JsonElement> rows = [];
        await Eventually.TrueAsync(async () => (rows = await ChargesAsync(userId)).Count >= count, $"{count} charges of {userId} are in the ledger");
        return rows;
    }

    public Task<IReadOnlyList<JsonElement>> HoldsAsync() => AllAsync("holds");

    public Task<JsonElement> AuditAsync() => PostAsync("audit", new { });

    /// <summary>One page of a list, as asked for.</summary>
    public async Task<IReadOnlyList<JsonElement>> PageAsync(string query) => [.. (await GetAsync(query)).GetProperty("data").EnumerateArray()];

    private async Task<IReadOnlyList<JsonElement>> AllAsync(string what)
    {
        var rows = new List<JsonElement>();
        for (string? after = null; ;)
        {
            var page = await GetAsync($"{what}?limit={PageSize}" + (after is null ? "" : $"&after={Uri.EscapeDataString(after)}"));
            rows.AddRange(page.GetProperty("data").EnumerateArray());
            if (!page.GetProperty("has_more").GetBoolean())
                return rows;
            after = page.GetProperty("after").ToString();
        }
    }

    public Task<JsonElement> GetAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, "/admin/v1/" + path));

    private Task<JsonElement> PostAsync(string path, object body) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, "/admin/v1/" + path) { Content = JsonContent.Create(body) });

    private async Task<JsonElement> SendAsync(HttpRequestMessage request)
    {
        var cancel = TestContext.Current.CancellationToken;
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", adminKey);
        using (request)
        {
            using var answer = await http.SendAsync(request, cancel);
            var text = await answer.Content.ReadAsStringAsync(cancel);
            if (answer.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.Created))
                Assert.Fail($"{request.Method} {request.RequestUri} answered {(int)answer.StatusCode}: {text}");
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
    }
}
