using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.EndToEnd;

/// <summary>Two gateways on one database: what one of them revokes or suspends, the other refuses within a second.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class KeyLifeTests(SharedTwoGateways shared) : IClassFixture<SharedTwoGateways>
{
    private readonly string anna = shared.NextUser();

    /// <summary>The contract's second, and what a request itself takes on a busy machine.</summary>
    private static readonly TimeSpan ASecond = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_key_revoked_on_one_gateway_is_refused_on_the_other_within_a_second()
    {
        var gateway = shared.Fresh();
        var key = await gateway.NewUserAsync(anna, 1_000);
        Assert.Equal(200, await StatusAsync(gateway, key, node: 1));
        await AdminAsync(gateway, HttpMethod.Delete, $"keys/{key.Id}");
        await BecomesAsync(gateway, key, 401);
    }

    [Fact]
    public async Task A_rotated_key_goes_on_for_its_overlap_beside_the_new_one()
    {
        var gateway = shared.Fresh();
        var old = await gateway.NewUserAsync(anna, 1_000);
        var next = (await AdminAsync(gateway, HttpMethod.Post, $"keys/{old.Id}/rotate", new { overlap_seconds = 3 })).GetProperty("key").GetString();
        var made = new MadeKey("", next ?? "");
        Assert.Equal((200, 200), (await StatusAsync(gateway, old, node: 1), await StatusAsync(gateway, made, node: 1)));
        await Eventually.TrueAsync(async () => await StatusAsync(gateway, old, node: 1) == 401, "the old key ends with its overlap");
        Assert.Equal(200, await StatusAsync(gateway, made, node: 1));
    }

    [Fact]
    public async Task A_key_ends_at_its_time()
    {
        var gateway = shared.Fresh();
        await gateway.NewUserAsync(anna, 1_000);
        var made = await AdminAsync(gateway, HttpMethod.Post, "keys", new { kind = "user", user_id = anna, name = "short", expires_at = TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(3) });
        var key = new MadeKey("", made.GetProperty("key").GetString() ?? "");
        Assert.Equal(200, await StatusAsync(gateway, key, node: 0));
        await Eventually.TrueAsync(async () => await StatusAsync(gateway, key, node: 0) == 401, "the key expires");
    }

    [Fact]
    public async Task A_suspended_user_is_refused_within_a_second_where_nothing_is_held_too()
    {
        var gateway = shared.Fresh();
        var key = await gateway.NewUserAsync(anna, 1_000);
        Assert.Equal(200, await StatusAsync(gateway, key, node: 1));
        await AdminAsync(gateway, HttpMethod.Post, $"users/{anna}/suspend");
        await BecomesAsync(gateway, key, 403);
        using var call = await gateway.Caller(key, node: 1).ChatAsync("""{"model":"gpt-4o","messages":[],"max_completion_tokens":5}""");
        await call.RefusedAsync(403, "user_suspended");
        await AdminAsync(gateway, HttpMethod.Post, $"users/{anna}/resume");
        await BecomesAsync(gateway, key, 200);
    }

    [Theory]
    [InlineData("jwt")]
    [InlineData("other")]
    public async Task No_key_is_made_of_another_kind(string kind)
    {
        var gateway = shared.Fresh();
        using var answer = await SendAsync(gateway, HttpMethod.Post, "keys", new { kind, user_id = anna, name = "odd" });
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    /// <summary>Asked again and again on the other node; the last answer of the old kind must have begun within the second.</summary>
    private static async Task BecomesAsync(RunningGateway gateway, MadeKey key, int status)
    {
        var changed = TimeProvider.System.GetTimestamp();
        var asked = TimeSpan.Zero;
        await Eventually.TrueAsync(async () =>
        {
            var began = TimeProvider.System.GetElapsedTime(changed);
            if (await StatusAsync(gateway, key, node: 1) == status)
                return true;
            asked = began;
            return false;
        }, $"the other gateway answers {status}");
        Assert.True(asked <= ASecond, $"A request that began {asked} after the change was still answered as before it.");
    }

    /// <summary>A call that holds nothing.</summary>
    private static async Task<int> StatusAsync(RunningGateway gateway, MadeKey key, int node)
    {
        var caller = gateway.Caller(key, node);
        using var answer = await caller.SendAsync(caller.Request(HttpMethod.Get, "/v1/models"));
        return (int)answer.StatusCode;
    }

    private static async Task<JsonElement> AdminAsync(RunningGateway gateway, HttpMethod method, string path, object? body = null)
    {
        using var answer = await SendAsync(gateway, method, path, body);
        Assert.True(answer.IsSuccessStatusCode, $"{method} {path} answered {(int)answer.StatusCode}.");
        return answer.StatusCode == HttpStatusCode.NoContent ? default : await answer.JsonAsync();
    }

    private static async Task<HttpResponseMessage> SendAsync(RunningGateway gateway, HttpMethod method, string path, object? body)
    {
        using var request = new HttpRequestMessage(method, "/admin/v1/" + path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", RunningGateway.AdminKey);
        return await gateway.Process.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
