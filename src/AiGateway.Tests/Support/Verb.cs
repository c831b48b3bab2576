using System.Diagnostics;
using System.Text.Json;

namespace AiGateway.Tests.Support;

/// <summary>One verb of the command line, run to its end as a process of its own.</summary>
internal sealed record Verb(int ExitCode, string Output, string Errors)
{
    public JsonElement Json
    {
        get
        {
            using var document = JsonDocument.Parse(Output);
            return document.RootElement.Clone();
        }
    }

    public IReadOnlyList<JsonElement> JsonLines =>
        [.. Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    /// <param name="folder">Its working directory: data/gateway.db is its database.</param>
    public static Task<Verb> RunAsync(string folder, params string[] arguments) => RunAsync(folder, new Dictionary<string, string>(), arguments);

    public static async Task<Verb> RunAsync(string folder, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var settings = new Dictionary<string, string> { ["ASPNETCORE_ENVIRONMENT"] = "Development" };
        foreach (var (name, value) in environment)
            settings[name] = value;
        using var process = Process.Start(GatewayProcess.StartInfo(folder, settings, arguments)) ?? throw new InvalidOperationException("The verb did not start.");
        var cancel = TestContext.Current.CancellationToken;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(cancel), process.StandardError.ReadToEndAsync(cancel));
        await process.WaitForExitAsync(cancel).WaitAsync(TimeSpan.FromMinutes(1), cancel);
        return new Verb(process.ExitCode, await output, await errors);
    }

    public Verb Expect(int code)
    {
        Assert.True(ExitCode == code, $"exit code {ExitCode} instead of {code}\n{Output}\n{Errors}");
        return this;
    }
}
