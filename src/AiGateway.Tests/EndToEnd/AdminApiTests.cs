using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using AiGateway.Hosting.Commands;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.EndToEnd;

/// <summary>What operators ask over HTTP, beside users, keys and grants.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class AdminApiTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    private RunningGateway Gateway => shared.Gateway;

    [Fact]
    public async Task Users_are_found_by_a_part_of_their_id_and_by_their_status()
    {
        foreach (var user in new[] { "Berta.search@example.com", "carl.search@example.com", "per%cent.search" })
            await Gateway.Admin.CreateUserAsync(user);
        Assert.Equal(["Berta.search@example.com"], await FoundAsync("query=bERTA"));
        Assert.Equal(["per%cent.search"], await FoundAsync("query=" + Uri.EscapeDataString("%cent")));
        Assert.Empty(await FoundAsync("query=.search&status=suspended"));
        await SendAsync(HttpMethod.Post, "users/carl.search%40example.com/suspend");
        Assert.Equal(["carl.search@example.com"], await FoundAsync("query=.search&status=suspended"));
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(HttpMethod.Get, "users?status=asleep")).StatusCode);
    }

    [Fact]
    public async Task A_number_that_cannot_be_read_is_told()
    {
        using var answer = await SendAsync(HttpMethod.Get, "users?limit=many");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("limit is a whole number", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_ledger_comes_as_csv_whole_and_harmless()
    {
        var user = "=1+" + shared.NextUser();
        await Gateway.Admin.CreateUserAsync(user);
        for (var grant = 0; grant < 502; grant++)
            await Gateway.Admin.GrantAsync(user, 1, $"csv:{user}:{grant}");
        using var answer = await SendAsync(HttpMethod.Get, "transactions?user_id=" + Uri.EscapeDataString(user), "text/csv");
        Assert.Equal("text/csv", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition?.DispositionType);
        var (_, lines) = CsvText.Read(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(502, lines.Count);
        Assert.All(lines, line => Assert.Equal("'" + user, line["user_id"]));
        Assert.Equal("502", lines[0]["tokens_remaining"]);
    }

    [Fact]
    public async Task Json_stays_the_default()
    {
        foreach (var accept in new[] { null, "*/*", "application/json, text/csv;q=0.5", "text/html" })
            using (var answer = await SendAsync(HttpMethod.Get, "transactions", accept))
                Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task The_document_names_every_endpoint_of_the_admin_api()
    {
        using var document = JsonDocument.Parse(await Gateway.Process.Client.GetStringAsync("/openapi/admin.json", TestContext.Current.CancellationToken));
        var paths = document.RootElement.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(method => $"{method.Name.ToUpperInvariant()} {path.Name["/admin/v1".Length..]}")).ToList();
        string[] wanted =
        [
            "POST /users", "GET /users", "GET /users/{id}", "GET /users/{id}/balance", "POST /users/{id}/suspend", "POST /users/{id}/resume", "POST /users/{id}/stripe-customer",
            "POST /keys", "GET /keys", "DELETE /keys/{id}", "POST /keys/{id}/rotate", "POST /grants", "POST /grants/{id}/void", "POST /adjustments", "GET /transactions",
            "GET /holds", "POST /holds/{id}/release", "GET /insights", "GET /alerts", "POST /audit", "GET /stripe/events", "POST /stripe/events/{id}/replay", "GET /routes",
            "POST /routes/validate", "GET /prices/missing",
        ];
        Assert.Empty(wanted.Except(paths));
        Assert.All(document.RootElement.GetProperty("paths").EnumerateObject(), path => Assert.StartsWith("/admin/v1/", path.Name));
        Assert.All(document.RootElement.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()), method => Assert.NotEmpty(method.Value.GetProperty("summary").GetString() ?? ""));
    }

    [Fact]
    public async Task Insights_answer_with_the_five_cards()
    {
        var answer = await Gateway.Admin.GetAsync("insights");
        foreach (var member in (string[])["average_monthly_usage", "average_tokens_by_plan", "most_expensive_actions", "power_users", "money", "weeks", "projection", "incomplete_because", "alerts", "provider_report"])
            Assert.True(answer.TryGetProperty(member, out _), member);
        Assert.Equal(("off", 20, 80), (answer.GetProperty("provider_report").GetProperty("state").GetString(), answer.GetProperty("cogs_budget_percent").GetInt32(), answer.GetProperty("margin_target_percent").GetInt32()));
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(HttpMethod.Get, "insights?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z")).StatusCode);
    }

    private async Task<IEnumerable<string?>> FoundAsync(string query) =>
        (await Gateway.Admin.PageAsync("users?" + query)).Select(user => user.GetProperty("user_id").GetString());

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? accept = null)
    {
        using var request = new HttpRequestMessage(method, "/admin/v1/" + path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", RunningGateway.AdminKey);
        if (accept is not null)
            request.Headers.TryAddWithoutValidation("Accept", accept);
        return await Gateway.Process.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
