using System.Globalization;
using System.Text;
using System.Text.Json;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.Browser;

/// <summary>End users with something to look at.</summary>
internal static class People
{
    private const int Days = 45;

    private static readonly (string Action, string Model, int Prompt, int Completion)[] Habits =
        [("chat", "gpt-4o", 2_900, 970), ("refinement", "gpt-4o-mini", 5_400, 2_150), ("blueprint", "gpt-4.1", 31_000, 9_400), ("audio_transcription", "whisper-1", 3_000, 0), ("image", "gpt-image-1", 2_000, 0)];

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

    /// <summary>Some weeks of the past, which end with no tokens left.</summary>
    public static async Task RememberAsync(this RunningGateway gateway, string user)
    {
        var csv = new StringBuilder("user_id,action_type,tokens_used,tokens_remaining,estimated_cost_usd,openai_model,prompt_tokens,completion_tokens,created_at\n");
        var rows = new List<(DateTime At, string Action, string Model, int Prompt, int Completion)>();
        var today = TimeProvider.System.GetUtcNow().UtcDateTime.Date;
        for (var day = 1; day <= Days; day++)
            for (var call = 0; call < (day * 7 + 3) % 5 + (today.AddDays(-day).DayOfWeek is DayOfWeek.Sunday ? 0 : 2); call++)
            {
                var (action, model, prompt, completion) = Habits[(day * 3 + call * 2) % Habits.Length];
                rows.Add((today.AddDays(-day).AddHours(8 + call * 2).AddMinutes(day), action, model, prompt + day * 13 * call, completion + call * 41));
            }
        rows.Sort((one, other) => one.At.CompareTo(other.At));
        var balance = rows.Sum(row => (long)row.Prompt + row.Completion);
        csv.Append(CultureInfo.InvariantCulture, $"{user},promo_grant,-{balance},{balance},,,,,{today.AddDays(-Days - 1):yyyy-MM-dd}T08:00:00Z\n");
        foreach (var (at, action, model, prompt, completion) in rows)
        {
            balance -= prompt + completion;
            csv.Append(CultureInfo.InvariantCulture, $"{user},{action},{prompt + completion},{balance},0.040000,{model},{prompt},{completion},{at:yyyy-MM-dd'T'HH:mm:ss}Z\n");
        }
        var file = Path.Combine(gateway.Folder, $"{user}.csv");
        await File.WriteAllTextAsync(file, csv.ToString(), TestContext.Current.CancellationToken);
        var environment = new Dictionary<string, string> { ["ConnectionStrings__Ledger"] = $"Data Source={gateway.Database}" };
        (await Verb.RunAsync(gateway.Folder, environment, "import", "transactions", file)).Expect(0);
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
