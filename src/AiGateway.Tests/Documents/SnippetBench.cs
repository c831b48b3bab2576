using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AiGateway.Tests.Architecture;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.Documents;

/// <summary>
/// Where a document's snippets run, in their order: one gateway, of which http://127.0.0.1:5080 and localhost:5080 stand for the address,
/// agw_usr_… for the key of the user anna, agw_app_… for an app's. The commands of a snippet are the real ones, but for
/// `dotnet run --project src/AiGateway` and `AiGateway`, which are the program as it was built, and curl, which fails where the answer is an error.
/// </summary>
internal sealed class SnippetBench : IAsyncDisposable
{
    private const string Model = "gpt-4o-mini";

    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(3);

    private readonly TempFolder folder = new();
    private readonly RunningGateway gateway;
    private readonly MadeKey user, app;
    private JsonElement lastAnswer;
    private string lastRequest = "none";

    private SnippetBench(RunningGateway gateway, MadeKey user, MadeKey app) => (this.gateway, this.user, this.app) = (gateway, user, app);

    public FakeProvider Provider => gateway.Provider;

    public static async Task<SnippetBench> StartAsync()
    {
        var gateway = await RunningGateway.StartAsync(RunningGateway.WithoutHourlyLimit());
        var user = await gateway.NewUserAsync("anna", 1_000_000);
        var bench = new SnippetBench(gateway, user, await gateway.Admin.CreateKeyAsync("app", null));
        Directory.CreateDirectory(Path.Combine(bench.folder.Root, "data"));
        File.CreateSymbolicLink(Path.Combine(bench.folder.Root, "data", "gateway.db"), gateway.Database);
        bench.Program("AiGateway", $"exec dotnet exec '{GatewayProcess.Program}' \"$@\"");
        bench.Program("curl", "exec /usr/bin/curl --fail-with-body --silent --show-error \"$@\"");
        bench.Program("dotnet", $$"""
            real=$(PATH=${PATH#*:} command -v dotnet)
            [ "$1 $2 $3" = "run --project src/AiGateway" ] || exec "$real" "$@"
            shift 3
            if [ "${1:-}" = "--" ]; then shift; exec "$real" exec '{{GatewayProcess.Program}}' "$@"; fi
            # It would serve for ever: it is asked for until it is ready.
            place=$(mktemp -d); cd "$place"
            env -u ConnectionStrings__Ledger -u Admin__Key "$real" exec '{{GatewayProcess.Program}}' --urls http://127.0.0.1:0 > said 2>&1 &
            server=$!
            for at in $(seq 600); do grep -q 'AiGateway is ready' said && break; kill -0 $server || break; sleep 0.1; done
            cat said; kill $server; wait $server || true
            grep -q 'AiGateway is ready' said
            """);
        return bench;
    }

    /// <summary>As a shell runs it, at the first failure no further.</summary>
    public async Task<string> ShellAsync(Snippet snippet) =>
        await RunAsync("bash", ["-euo", "pipefail", "-c", Filled(snippet.Text)], folder.Root);

    public async Task<string> NodeAsync(Snippet snippet, string packages)
    {
        File.CreateSymbolicLink(Path.Combine(folder.Root, "node_modules"), Path.Combine(packages, "node_modules"));
        await File.WriteAllTextAsync(folder.File("ask.mjs"), Filled(snippet.Text), TestContext.Current.CancellationToken);
        return await RunAsync("node", ["ask.mjs"], folder.Root);
    }

    public async Task<string> PythonAsync(Snippet snippet)
    {
        await File.WriteAllTextAsync(folder.File("ask.py"), Filled(snippet.Text), TestContext.Current.CancellationToken);
        return await RunAsync("python3", ["ask.py"], folder.Root);
    }

    /// <summary>A program of one file, as `dotnet run ask.cs` takes it.</summary>
    public async Task<string> DotNetAsync(Snippet snippet)
    {
        await File.WriteAllTextAsync(folder.File("ask.cs"), Filled(snippet.Text), TestContext.Current.CancellationToken);
        return await RunAsync("dotnet", ["run", "ask.cs"], folder.Root);
    }

    /// <summary>
    /// JSON is what it says it is: <c>body POST /path</c> is sent and taken; <c>answer GET /path</c> has the members of what that path answers, and
    /// <c>answer</c> alone those of what the body before it got; <c>routes …</c> is a part of a routes file that loads.
    /// </summary>
    public async Task JsonAsync(Snippet snippet)
    {
        var text = snippet.Text.TrimStart().StartsWith('"') ? $"{{{snippet.Text}}}" : snippet.Text;
        var json = JsonNode.Parse(text.Replace("[…]", "[]", StringComparison.Ordinal)) ?? throw new JsonException("It is null.");
        var marker = snippet.Marker.Split(' ');
        switch (marker[0])
        {
            case "":
                break;
            case "body":
                await AskAsync(marker[1], marker[2], json.ToJsonString());
                break;
            case "answer":
                if (marker.Length > 1)
                    await AskAsync(marker[1], marker[2], null);
                SameMembers("", JsonSerializer.SerializeToElement(json), lastAnswer);
                break;
            case "routes":
                await RoutesAsync(marker[1], json);
                break;
            default:
                Assert.Fail($"\"{snippet.Marker}\" is no marker.");
                break;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await gateway.DisposeAsync();
        folder.Dispose();
    }

    private void Program(string name, string script)
    {
        var path = Path.Combine(Directory.CreateDirectory(folder.File("bin")).FullName, name);
        File.WriteAllText(path, $"#!/bin/bash\n{script}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private string Filled(string text)
    {
        var address = gateway.Process.BaseAddress.ToString().TrimEnd('/');
        return text.Replace("http://127.0.0.1:5080", address, StringComparison.Ordinal).Replace("http://localhost:5080", address, StringComparison.Ordinal)
            .Replace("localhost:5080", address, StringComparison.Ordinal)
            .Replace("agw_usr_…", user.Secret, StringComparison.Ordinal).Replace("agw_app_…", app.Secret, StringComparison.Ordinal)
            .Replace("sk-…", RunningGateway.ProviderKey, StringComparison.Ordinal);
    }

    private async Task<string> RunAsync(string program, string[] arguments, string workingFolder)
    {
        var cancel = TestContext.Current.CancellationToken;
        var start = GatewayProcess.Clean(new ProcessStartInfo(program, arguments) { WorkingDirectory = workingFolder, RedirectStandardOutput = true, RedirectStandardError = true });
        start.Environment["PATH"] = folder.File("bin") + Path.PathSeparator + start.Environment["PATH"];
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["Admin__Key"] = RunningGateway.AdminKey;
        start.Environment["ConnectionStrings__Ledger"] = $"Data Source={gateway.Database}";
        start.Environment["AIGATEWAY_KEY"] = app.Secret;
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(cancel), process.StandardError.ReadToEndAsync(cancel));
        await process.WaitForExitAsync(cancel).WaitAsync(Bound, cancel);
        Assert.True(process.ExitCode == 0, $"It ended with {process.ExitCode}.\n{await output}\n{await errors}");
        return await output;
    }

    private async Task AskAsync(string method, string path, string? body)
    {
        if (path.Contains("{request}", StringComparison.Ordinal))
            await CallAsync();
        var forOperators = path.StartsWith("/admin", StringComparison.Ordinal);
        using var request = new HttpRequestMessage(new HttpMethod(method), path.Replace("{request}", lastRequest, StringComparison.Ordinal));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", forOperators ? RunningGateway.AdminKey : app.Secret);
        if (!forOperators && !path.StartsWith("/health", StringComparison.Ordinal))
            request.Headers.Add("X-AiGateway-User", path.EndsWith("#penniless", StringComparison.Ordinal) ? "penniless" : "anna");
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await gateway.Process.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        lastAnswer = JsonElement.Parse(text);
        Assert.True(answer.IsSuccessStatusCode, $"{method} {path} answered {(int)answer.StatusCode}: {text}");
    }

    /// <summary>There is something to tell about anna then.</summary>
    private async Task CallAsync()
    {
        using var answer = await gateway.Caller(user).ChatAsync($$"""{"model":"{{Model}}","messages":[{"role":"user","content":"Say hello."}]}""");
        await answer.BytesAsync();
        lastRequest = answer.RequestId();
    }

    /// <summary>Into the shipped file, and that is validated whole.</summary>
    private async Task RoutesAsync(string part, JsonNode json)
    {
        var file = JsonNode.Parse(Repository.Read("config/routes.json"), documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true })?["ReverseProxy"]
            ?? throw new JsonException("config/routes.json has no ReverseProxy.");
        var (name, value) = json.AsObject().Single();
        var clusters = file["Clusters"] ?? throw new JsonException("config/routes.json has no clusters.");
        var target = part == "metadata" ? file["Routes"]?["chat-completions"] : clusters;
        (target ?? throw new JsonException($"There is no place for {part}."))[name] = value?.DeepClone();
        // Clusters that the snippet's map names and nobody describes here are as the shipped one.
        foreach (var cluster in (string[])["gpt-4o-pool", "azure", "deepseek"])
            if (clusters[cluster] is null && part == "metadata")
                clusters[cluster] = clusters["openai"]?.DeepClone();
        var body = new JsonObject { ["ReverseProxy"] = file.DeepClone() }.ToJsonString();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/admin/v1/routes/validate") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", RunningGateway.AdminKey);
        using var answer = await gateway.Process.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var verdict = await answer.JsonAsync();
        Assert.True(verdict.GetProperty("ok").GetBoolean(), verdict.ToString());
    }

    private static void SameMembers(string where, JsonElement written, JsonElement real)
    {
        if (written.ValueKind == JsonValueKind.Array && real.ValueKind == JsonValueKind.Array && written.GetArrayLength() > 0 && real.GetArrayLength() > 0)
            SameMembers($"{where}[0]", written[0], real[0]);
        // An empty object stands for one that is not written out.
        if (written.ValueKind != JsonValueKind.Object || real.ValueKind != JsonValueKind.Object || !written.EnumerateObject().Any())
            return;
        Assert.Equal($"{where}: {Members(real)}", $"{where}: {Members(written)}");
        foreach (var member in written.EnumerateObject())
            SameMembers($"{where}.{member.Name}", member.Value, real.GetProperty(member.Name));
    }

    private static string Members(JsonElement of) => string.Join(", ", of.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
}
