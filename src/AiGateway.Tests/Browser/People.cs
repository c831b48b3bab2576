using System.Text.Json;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.Browser;

/// <summary>End users with something to look at.</summary>
internal static class People
{
    /// <summary>No provider and no key: the demo provider answers, and the demo's users have sixty days behind them.</summary>
    public static readonly IReadOnlyDictionary<string, string> Demo = new Dictionary<string, string> { ["OPENAI_BASE_URL"] = "", ["OPENAI_API_KEY"] = "" };

    /// <summary>Follows the app's link, as the user's browser would.</summary>
    public static async Task SignInAsync(this Tab tab, RunningGateway gateway, string user, string to = "/dashboard")
    {
        var portal = await gateway.PortalAsync(user);
        await tab.GoAsync(new Uri($"{portal.Url}&to={Uri.EscapeDataString(to)}"));
        Assert.Equal(to, new Uri(tab.Page.Url).AbsolutePath);
    }

    public static Task GoAsync(this Tab tab, RunningGateway gateway, string path) => tab.GoAsync(new Uri(gateway.Process.BaseAddress, path));

    /// <summary>Reports work that was done elsewhere: it is charged at once.</summary>
    public static async Task UseAsync(this RunningGateway gateway, string user, string sourceKey, long prompt, long completion, string action = "chat", object? metadata = null)
    {
        var app = gateway.Caller(await gateway.AppAsync());
        var json = JsonSerializer.Serialize(new { source_key = sourceKey, user_id = user, action_type = action, model = "gpt-4o", prompt_tokens = prompt, completion_tokens = completion, metadata });
        using var answer = await app.SendAsync(app.Request(HttpMethod.Post, "/gateway/v1/usage", json));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Buys in the demo checkout, as a user does.</summary>
    public static async Task BuyAsync(this RunningGateway gateway, string user, string kind, string offer)
    {
        var portal = new CallerClient(gateway.Process.Client, (await gateway.PortalAsync(user)).Token);
        using var wish = await portal.SendAsync(portal.Request(HttpMethod.Post, "/gateway/v1/checkout", JsonSerializer.Serialize(new Dictionary<string, string> { [kind] = offer })));
        var url = (await wish.JsonAsync()).GetProperty("url").GetString() ?? "";
        var before = await gateway.Admin.TokensOfAsync(user);
        using var paid = await gateway.Process.Client.PostAsync(new Uri(url).AbsolutePath + "/pay", null, TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(async () => await gateway.Admin.TokensOfAsync(user) > before, "the tokens are there");
    }
}
