using System.Net;
using System.Text.RegularExpressions;
using AiGateway.Tests.Browser;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.EndToEnd;

/// <summary>What other sites, and users with creative names, try on the operator's pages.</summary>
[Collection(EndToEndGroup.Name)]
public sealed partial class OperatorPageSafetyTests(DemoGateway demo) : IClassFixture<DemoGateway>
{
    private static readonly string[] Forms =
    [
        "/admin/sign-out", "/admin/users", "/admin/users/grant", "/admin/users/take", "/admin/users/suspend", "/admin/users/resume", "/admin/users/key", "/admin/keys", "/admin/keys/revoke",
        "/admin/keys/rotate", "/admin/requests/release", "/admin/insights/offer", "/admin/connect", "/admin/routes/check", "/admin/prices/check", "/admin/stripe/replay", "/admin/stripe/link", "/admin/audit",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> EveryForm => [.. Forms];

    public static TheoryData<string> EveryPage => [.. AdminScreens.Pages.Select(page => page.Path)];

    [Theory]
    [MemberData(nameof(EveryForm))]
    public async Task A_form_of_another_site_changes_nothing_though_the_browser_sends_the_session(string path)
    {
        using var page = await OperatorClient.SignedInAsync(demo.Process.BaseAddress);
        await page.ReadAsync("/admin/users/demo-ben");
        var before = Everything();
        foreach (var token in new[] { null, "", "x", page.FormToken[..^4] + "AAAA" })
        {
            var fields = new Dictionary<string, string> { ["user"] = "demo-ben", ["tokens"] = "5", ["action_type"] = "promo_grant", ["form_key"] = "f", ["reason"] = "r", ["name"] = "n", ["id"] = "i" };
            if (token is not null)
                fields["__RequestVerificationToken"] = token;
            using var answer = await page.Http.PostAsync(path, new FormUrlEncodedContent(fields), Cancel);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }
        Assert.Equal(before, Everything());
    }

    /// <summary>What an operator can change, as it stands.</summary>
    private string Everything() => demo.Table.Rows("SELECT (SELECT sum(balance) FROM accounts), (SELECT count(*) FROM accounts), (SELECT sum(status) FROM accounts), (SELECT count(*) FROM api_keys), (SELECT count(*) FROM api_keys WHERE revoked_at IS NOT NULL), (SELECT count(*) FROM purchases)");

    [Theory]
    [MemberData(nameof(EveryForm))]
    public async Task Nobody_who_is_not_signed_in_changes_anything(string path)
    {
        using var page = new OperatorClient(demo.Process.BaseAddress);
        await page.ReadAsync("/admin/sign-in");
        using var answer = await page.SendAsync(path, ("user", "demo-ben"), ("tokens", "5"), ("form_key", "f"), ("action_type", "promo_grant"));
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Theory]
    [MemberData(nameof(EveryPage))]
    public async Task A_page_cannot_be_framed_runs_only_our_files_and_is_kept_nowhere(string path)
    {
        using var page = await OperatorClient.SignedInAsync(demo.Process.BaseAddress);
        using var answer = await page.Http.GetAsync(path, Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        string Header(string name) => string.Join(' ', answer.Headers.TryGetValues(name, out var values) ? values : []);
        Assert.Equal("DENY", Header("X-Frame-Options"));
        Assert.Contains("frame-ancestors 'none'", Header("Content-Security-Policy"));
        Assert.Contains("script-src 'self'", Header("Content-Security-Policy"));
        Assert.DoesNotContain("unsafe", Header("Content-Security-Policy"));
        Assert.Equal(("nosniff", "same-origin"), (Header("X-Content-Type-Options"), Header("Referrer-Policy")));
        Assert.Contains("no-store", Header("Cache-Control"));
        var html = await answer.Content.ReadAsStringAsync(Cancel);
        NoInlineCode(html);
        using var stranger = new OperatorClient(demo.Process.BaseAddress);
        using var turnedAway = await stranger.Http.GetAsync(path, Cancel);
        Assert.Equal(HttpStatusCode.Redirect, turnedAway.StatusCode);
        Assert.StartsWith("/admin/sign-in?to=%2Fadmin", turnedAway.Headers.Location?.ToString());
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("/admin\\..\\//evil.example")]
    [InlineData("/adminevil.example")]
    [InlineData("/admin.evil.example/")]
    [InlineData("/admin@evil.example")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/dashboard")]
    [InlineData("/admin/sign-in?to=/admin")]
    [InlineData("\t//evil.example")]
    [InlineData("/admin/\r\nSet-Cookie: a=b")]
    public async Task After_the_sign_in_no_address_leads_elsewhere(string to)
    {
        using var page = new OperatorClient(demo.Process.BaseAddress);
        var html = await page.ReadAsync("/admin/sign-in?to=" + Uri.EscapeDataString(to));
        Assert.Contains("name=\"to\" value=\"/admin\"", html);
        using var answer = await page.SendAsync("/admin/sign-in", ("key", RunningGateway.AdminKey), ("to", to));
        Assert.Equal((HttpStatusCode.Redirect, "/admin"), (answer.StatusCode, answer.Headers.Location?.ToString()));
    }

    [Fact]
    public async Task After_the_sign_in_the_page_that_was_asked_for_is_opened()
    {
        using var page = new OperatorClient(demo.Process.BaseAddress);
        await page.ReadAsync("/admin/sign-in");
        using var answer = await page.SendAsync("/admin/sign-in", ("key", RunningGateway.AdminKey), ("to", "/admin/users/demo-chlo%C3%A9?after=1.2.3"));
        Assert.Equal("/admin/users/demo-chlo%C3%A9?after=1.2.3", answer.Headers.Location?.ToString());
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("\"><img src=x onerror=alert(1)>")]
    [InlineData("'; DROP TABLE accounts; --")]
    [InlineData("a/b?c=d#e&f=%2e%2e")]
    [InlineData("..")]
    [InlineData("-")]
    [InlineData("=HYPERLINK(\"http://evil.example\")")]
    public async Task A_user_with_such_a_name_is_a_user_like_any_other(string user)
    {
        var app = new CallerClient(demo.Process.Client, (await demo.Admin.CreateKeyAsync("app", null, user)).Secret);
        var sent = System.Text.Json.JsonSerializer.Serialize(new
        {
            source_key = "s:" + user, user_id = user, action_type = "chat", model = "gpt-4o-mini<b>", prompt_tokens = 10, completion_tokens = 5, metadata = new { note = user, formula = "=1+1" },
        });
        using (var said = await app.SendAsync(app.Request(HttpMethod.Post, "/gateway/v1/usage", sent)))
            Assert.True(said.IsSuccessStatusCode, await said.Content.ReadAsStringAsync(Cancel));
        using var page = await OperatorClient.SignedInAsync(demo.Process.BaseAddress);
        var list = await page.ReadAsync("/admin/users?q=" + Uri.EscapeDataString(user));
        var link = UserLinks().Matches(list).Select(match => (Href: WebUtility.HtmlDecode(match.Groups["href"].Value), Text: WebUtility.HtmlDecode(match.Groups["text"].Value))).Single(found => found.Text == user).Href;
        foreach (var path in new[] { link, "/admin/users?q=" + Uri.EscapeDataString(user), "/admin/requests?user=" + Uri.EscapeDataString(user), "/admin/insights", "/admin/keys" })
        {
            var html = await page.ReadAsync(path);
            NoInlineCode(html);
            Assert.DoesNotContain("<img", html, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("gpt-4o-mini<b>", html);
        }
        var one = await page.ReadAsync(link);
        Assert.Contains($"<h1 class=\"id\">{WebUtility.HtmlEncode(user)}</h1>".Replace("&#39;", "&#x27;", StringComparison.Ordinal), one.Replace("&#39;", "&#x27;", StringComparison.Ordinal));
        using var granted = await page.SendAsync("/admin/users/grant", ("user", user), ("tokens", "100"), ("action_type", "promo_grant"), ("form_key", "safety"), ("reason", user));
        Assert.True(granted.StatusCode is HttpStatusCode.Redirect or HttpStatusCode.BadRequest);
        var file = CsvLink().Match(one) is { Success: true } csv ? WebUtility.HtmlDecode(csv.Groups[1].Value) : "";
        var rows = (await page.ReadAsync(file)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.True(rows.Length >= 2, "The file has the user's rows.");
        Assert.DoesNotContain(rows, row => Formula().IsMatch(row));
    }

    [Fact]
    public async Task A_wrong_key_is_refused_and_guessing_is_slowed()
    {
        var fresh = new DemoGateway();
        await fresh.InitializeAsync();
        try
        {
            using var page = new OperatorClient(fresh.Process.BaseAddress);
            await page.ReadAsync("/admin/sign-in");
            var answers = new List<HttpStatusCode>();
            for (var tries = 0; tries < 12; tries++)
            {
                using var answer = await page.SendAsync("/admin/sign-in", ("key", $"guess-number-{tries}-of-many"));
                answers.Add(answer.StatusCode);
            }
            Assert.Equal(HttpStatusCode.Unauthorized, answers[0]);
            Assert.Equal(HttpStatusCode.TooManyRequests, answers[^1]);
            using var slowed = await page.SendAsync("/admin/sign-in", ("key", RunningGateway.AdminKey));
            Assert.Equal(HttpStatusCode.TooManyRequests, slowed.StatusCode);
        }
        finally
        {
            await fresh.DisposeAsync();
        }
    }

    [Fact]
    public async Task The_sessions_cookie_is_for_this_site_and_for_no_script_and_reads_the_admin_api()
    {
        using var page = new OperatorClient(demo.Process.BaseAddress);
        await page.ReadAsync("/admin/sign-in");
        using var answer = await page.SendAsync("/admin/sign-in", ("key", RunningGateway.AdminKey));
        var cookie = answer.Headers.GetValues("Set-Cookie").Single(each => each.StartsWith("aigateway_operator=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        using var read = await page.Http.GetAsync("/admin/v1/users", Cancel);
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        foreach (var (origin, status) in new[] { ("https://evil.example", HttpStatusCode.Unauthorized), (null, HttpStatusCode.Unauthorized), (demo.Process.BaseAddress.GetLeftPart(UriPartial.Authority), HttpStatusCode.OK) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/admin/v1/audit");
            if (origin is not null)
                request.Headers.TryAddWithoutValidation("Origin", origin);
            using var written = await page.Http.SendAsync(request, Cancel);
            Assert.Equal(status, written.StatusCode);
        }
    }

    [Fact]
    public async Task The_same_grant_sent_twice_is_granted_once_and_other_content_under_its_key_is_refused()
    {
        using var page = await OperatorClient.SignedInAsync(demo.Process.BaseAddress);
        await page.ReadAsync("/admin/users/demo-elif");
        var before = await demo.Admin.TokensOfAsync("demo-elif");
        (string, string)[] form = [("user", "demo-elif"), ("tokens", "1000"), ("action_type", "promo_grant"), ("form_key", "twice")];
        foreach (var _ in new[] { 1, 2 })
        {
            using var answer = await page.SendAsync("/admin/users/grant", form);
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        }
        using var other = await page.SendAsync("/admin/users/grant", [.. form[..1], ("tokens", "9000"), .. form[2..]]);
        Assert.Equal(HttpStatusCode.BadRequest, other.StatusCode);
        Assert.Equal(before + 1000, await demo.Admin.TokensOfAsync("demo-elif"));
    }

    /// <summary>No script, handler or style of a page's own: what stands between quotes or was escaped is text.</summary>
    private static void NoInlineCode(string html)
    {
        Assert.DoesNotMatch(StrangeScript(), html);
        Assert.DoesNotMatch(Handler(), Quoted().Replace(html, ""));
    }

    [GeneratedRegex("<script(?! type=\"module\" src=\"/assets/)|<style|=\"javascript:", RegexOptions.IgnoreCase)]
    private static partial Regex StrangeScript();

    [GeneratedRegex("<[a-z][^<>]*\\s(?:on[a-z]+|style)\\s*=", RegexOptions.IgnoreCase)]
    private static partial Regex Handler();

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Quoted();

    [GeneratedRegex("<th scope=\"row\"><a href=\"(?<href>[^\"]*)\">(?<text>[^<]*)</a>")]
    private static partial Regex UserLinks();

    [GeneratedRegex("href=\"([^\"]*transactions\\.csv[^\"]*)\"")]
    private static partial Regex CsvLink();

    [GeneratedRegex("(^|,)\"?[=+@]")]
    private static partial Regex Formula();
}
