using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using AiGateway.Tests.ConfigFiles;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.EndToEnd;

/// <summary>routes.json is edited again and again while callers run: good edits come alive, bad ones stay out, and no caller notices anything.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class RouteEditTests
{
    private const string Ask = """{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}],"max_completion_tokens":50}""";
    private const string ChatMetadata = "\"Metering.Kind\": \"openai.chat\", \"Metering.Action\": \"chat\" }";
    private const int Callers = 4;

    /// <summary>The promise: a good edit is live within this.</summary>
    private static readonly TimeSpan Promise = TimeSpan.FromSeconds(2);

    /// <summary>Twelve edits hold every kind of bad one and take a quarter of a minute; the long form is for a machine of one's own.</summary>
    private static int Edits => int.TryParse(Environment.GetEnvironmentVariable("AIGATEWAY_ROUTE_EDITS"), NumberStyles.None, CultureInfo.InvariantCulture, out var edits) ? edits : 12;

    [Fact]
    public async Task Edits_under_load_lose_no_call_and_bad_ones_stay_out()
    {
        await using var gateway = await RunningGateway.StartAsync(RunningGateway.WithoutHourlyLimit(), prepare: Shipped.CopyTo);
        var caller = gateway.Caller(await gateway.NewUserAsync("prober", 1_000_000_000));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var load = await Task.WhenAll(Enumerable.Range(0, Callers).Select(async at => await gateway.NewUserAsync($"caller-{at}", 1_000_000_000)));
        var running = load.Select(key => Task.Run(() => CallOnAndOnAsync(gateway.Caller(key), stop.Token), CancellationToken.None)).ToList();
        var edits = new RouteEdits(gateway, caller);
        await edits.BeginAsync();
        try
        {
            for (var edit = 1; edit <= Edits; edit++)
            {
                if (edit % 3 == 0)
                    await edits.BadAsync(edit);
                else
                    await edits.GoodAsync(edit);
                Assert.All(running, task => Assert.False(task.IsFaulted, task.Exception?.ToString()));
            }
        }
        finally
        {
            await stop.CancelAsync();
        }
        var calls = await Task.WhenAll(running);
        edits.Report(calls.Sum());
        Assert.All(calls, made => Assert.True(made > 0, "A caller did not get to call."));
        Assert.Equal(0, gateway.Process.Wrote("sk-literal"));
        await gateway.NothingHeldAsync();
        await gateway.BooksBalanceAsync();
        edits.LiveInTime();
    }

    [Fact]
    public async Task Content_is_validated_without_being_taken()
    {
        await using var gateway = await RunningGateway.StartAsync(prepare: Shipped.CopyTo);
        var before = await gateway.Admin.GetAsync("routes");
        var good = await ValidateAsync(gateway, Routes);
        Assert.True(good.GetProperty("ok").GetBoolean(), good.ToString());
        var bad = await ValidateAsync(gateway, Routes.Replace("\"Metering.Action\": \"chat\"", "\"Metering.Acton\": \"chat\"", StringComparison.Ordinal));
        Assert.False(bad.GetProperty("ok").GetBoolean());
        Assert.All(bad.GetProperty("problems").EnumerateArray(), problem => Assert.True(problem.GetProperty("line").GetInt32() > 1));
        Assert.Equal(before.ToString(), (await gateway.Admin.GetAsync("routes")).ToString());
        Assert.Equal("in_force", before.GetProperty("status").GetString());
    }

    private static async Task<JsonElement> ValidateAsync(RunningGateway gateway, string content)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/admin/v1/routes/validate") { Content = new StringContent(content, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new("Bearer", RunningGateway.AdminKey);
        using var answer = await gateway.Process.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return json.RootElement.Clone();
    }

    private static string Routes => File.ReadAllText(Shipped.Path("routes.json"));

    /// <returns>How many calls were made; every one of them was answered in full.</returns>
    private static async Task<int> CallOnAndOnAsync(CallerClient caller, CancellationToken stop)
    {
        var calls = 0;
        for (; !stop.IsCancellationRequested; calls++)
        {
            using var answer = await caller.ChatAsync(Ask, CancellationToken.None);
            var body = await answer.Content.ReadAsStringAsync(CancellationToken.None);
            if (answer.StatusCode != HttpStatusCode.OK || body != FakeChat.Whole)
                throw new InvalidOperationException($"Call {calls} answered {(int)answer.StatusCode}: {body}");
        }
        return calls;
    }

    /// <summary>Writes edits and waits for what they should bring about.</summary>
    private sealed class RouteEdits(RunningGateway gateway, CallerClient caller)
    {
        private readonly string file = Path.Combine(gateway.Folder, "config", "routes.json");
        private readonly List<TimeSpan> live = [], seen = [];
        private string inForce = "begin";
        private int refused;

        /// <summary>As shipped the route lets every action through: from here on it takes a list.</summary>
        public async Task BeginAsync()
        {
            File.WriteAllText(file, Content(inForce));
            await Eventually.TrueAsync(async () => await CallAsync("edit-0") == HttpStatusCode.BadRequest, "the first list is live");
        }

        /// <summary>The chat route then takes this one action besides its default: a call that names it gets through when the edit is live.</summary>
        public async Task GoodAsync(int edit)
        {
            var action = $"edit-{edit}";
            Assert.Equal(HttpStatusCode.BadRequest, await CallAsync(action));
            var (started, written) = (TimeProvider.System.GetTimestamp(), TimeProvider.System.GetUtcNow());
            File.WriteAllText(file, Content(action));
            await Eventually.TrueAsync(async () => await CallAsync(action) == HttpStatusCode.OK, $"edit {edit} is live");
            seen.Add(TimeProvider.System.GetElapsedTime(started));
            var status = await gateway.Admin.GetAsync("routes");
            Assert.Equal("in_force", status.GetProperty("status").GetString());
            live.Add(status.GetProperty("loaded_at").GetDateTimeOffset() - written);
            inForce = action;
        }

        public async Task BadAsync(int edit)
        {
            var (content, said) = Bad(edit);
            var version = (await gateway.Admin.GetAsync("routes")).GetProperty("version").GetString();
            File.WriteAllText(file, content);
            refused++;
            await Eventually.TrueAsync(() => gateway.Process.Wrote("was edited and refused") == refused, $"bad edit {edit} is refused");
            var status = await gateway.Admin.GetAsync("routes");
            Assert.Equal(("refused", version), (status.GetProperty("status").GetString(), status.GetProperty("version").GetString()));
            var problem = status.GetProperty("problems").EnumerateArray().First(each => (each.GetProperty("message").GetString() ?? "").Contains(said, StringComparison.Ordinal));
            var place = $"routes.json({problem.GetProperty("line").GetInt32()},{problem.GetProperty("column").GetInt32()}): error";
            Assert.True(problem.GetProperty("line").GetInt32() > 1, place);
            await Eventually.TrueAsync(() => gateway.Process.Wrote(place) > 0, $"the log says {place}");
            Assert.Equal(HttpStatusCode.OK, await CallAsync(inForce));
        }

        public void Report(int calls) => TestContext.Current.TestOutputHelper?.WriteLine(
            $"{live.Count} good edits, {refused} bad ones, {calls} calls. Live after (ms): {Figures(live)}; seen by a call after (ms): {Figures(seen)}.");

        /// <summary>By the gateway's own account each; as callers see it, where they share the machine with the test, the middle one.</summary>
        public void LiveInTime()
        {
            Assert.All(live, time => Assert.True(time <= Promise, $"An edit came alive after {time}."));
            Assert.True(seen.Order().ElementAt(seen.Count / 2) <= Promise, $"Callers saw edits after {Figures(seen)} ms.");
        }

        private static string Figures(List<TimeSpan> times) => string.Join(' ', times.Select(time => time.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture)));

        private static string Content(string action) => Replaced(ChatMetadata,
            $"\"Metering.Kind\": \"openai.chat\", \"Metering.Action\": \"chat\", \"Metering.Actions\": \"chat,{action}\" }}");

        private static (string Content, string Said) Bad(int edit) => (edit / 3 % 4) switch
        {
            0 => (Replaced(ChatMetadata, ChatMetadata + $" , , /* {edit} */"), "not valid JSON"),
            1 => (Replaced(ChatMetadata, $"\"Metering.Kind\": \"openai.chat\", \"Metering.Acton\": \"a{edit}\" }}"), "did you mean \"Metering.Action\""),
            2 => (Replaced("\"openai.chat\"", $"\"openai.chat{edit}\""), $"unknown kind \"openai.chat{edit}\""),
            _ => (Replaced("env:OPENAI_API_KEY", $"sk-literal-{edit}"), "a key must not be written here"),
        };

        private static string Replaced(string what, string by)
        {
            var text = Routes;
            var at = text.IndexOf(what, StringComparison.Ordinal);
            Assert.True(at >= 0, $"The shipped routes have no {what}.");
            return text[..at] + by + text[(at + what.Length)..];
        }

        private async Task<HttpStatusCode> CallAsync(string action)
        {
            using var request = caller.Request(HttpMethod.Post, CallerClient.ChatPath, Ask);
            if (action.Length > 0)
                request.Headers.TryAddWithoutValidation("X-AiGateway-Action", action);
            using var answer = await caller.SendAsync(request);
            await answer.BytesAsync();
            return answer.StatusCode;
        }
    }
}
