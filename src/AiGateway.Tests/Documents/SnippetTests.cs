using System.Diagnostics;
using AiGateway.Hosting.Commands;
using AiGateway.Tests.Architecture;
using AiGateway.Tests.EndToEnd;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.Documents;

/// <summary>What README.md and docs/ tell a reader to type works as it stands there.</summary>
[Collection(PatientGroup.Name)]
public sealed class SnippetTests
{
    private const string NodeFolder = "src/AiGateway.Tests/EndToEnd/node";

    private static readonly string[] Languages = ["", "sh", "json", "js", "python", "csharp", "nginx", "html"];

    /// <summary>Short enough to be read, long enough to be a reason.</summary>
    private const int ShortestReason = 20, MostNotRun = 12;

    public static TheoryData<string> DocumentsWithCommands => [.. Snippet.All.Where(snippet => snippet.Language is "sh" or "json" && snippet.NotRun is null).Select(snippet => snippet.Document).Distinct()];

    public static TheoryData<string> Scripts => [.. Snippet.All.Where(snippet => snippet.Language is "js" or "python" or "csharp" && snippet.NotRun is null).Select(snippet => snippet.Name)];

    [Theory]
    [MemberData(nameof(DocumentsWithCommands))]
    public async Task Commands_and_json_of_a_document_work_in_their_order(string document)
    {
        Assert.SkipUnless(File.Exists("/bin/bash") && File.Exists("/usr/bin/curl"), "Snippets are for bash and curl.");
        await using var bench = await SnippetBench.StartAsync();
        var failed = new List<string>();
        foreach (var snippet in Snippet.All.Where(snippet => snippet.Document == document && snippet.NotRun is null))
        {
            try
            {
                if (snippet.Language == "json")
                    await bench.JsonAsync(snippet);
                else if (snippet.Language == "sh")
                    await bench.ShellAsync(snippet);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                failed.Add($"{snippet.Name}: {error.Message}");
            }
        }
        Offences.None(failed);
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task A_program_of_a_document_gets_its_answer(string name)
    {
        var snippet = Snippet.All.Single(snippet => snippet.Name == name);
        var packages = snippet.Language == "js" ? Packages(snippet) : "";
        if (snippet.Language == "python")
            Assert.SkipUnless(HasPython(), "There is no python3 with the package openai: run `pip install openai`.");
        await using var bench = await SnippetBench.StartAsync();
        var output = await (snippet.Language switch
        {
            "js" => bench.NodeAsync(snippet, packages),
            "python" => bench.PythonAsync(snippet),
            _ => bench.DotNetAsync(snippet),
        });
        Assert.Contains("Hello there, how are you?", output, StringComparison.Ordinal);
        Assert.NotEqual(0, bench.Provider.Count);
    }

    [Fact]
    public void A_snippet_has_a_language_that_is_known_here() =>
        Offences.None(Snippet.All.Where(snippet => !Languages.Contains(snippet.Language)).Select(snippet => $"{snippet.Name}: {snippet.Language}"));

    [Fact]
    public void What_looks_like_a_command_is_no_picture() =>
        Offences.None(Snippet.All.Where(snippet => snippet.Language == "" && snippet.Text.Split('\n').Any(LooksLikeACommand)).Select(snippet => snippet.Name));

    [Fact]
    public void What_is_not_run_says_why_and_is_rare()
    {
        var notRun = Snippet.All.Where(snippet => snippet.NotRun is not null).ToList();
        Offences.None(notRun.Where(snippet => snippet.NotRun?.Length < ShortestReason).Select(snippet => snippet.Name));
        Assert.InRange(notRun.Count, 0, MostNotRun);
        Offences.None(Snippet.All.Where(snippet => snippet.Language is "nginx" or "html" && snippet.NotRun is null).Select(snippet => $"{snippet.Name}: nothing runs it"));
    }

    [Fact]
    public void A_marker_belongs_to_the_fence_below_it()
    {
        var snippet = Assert.Single(Snippet.In("x.md", "Text\n<!-- snippet: not run: it would take the whole night -->\n\n```sh\nsleep 1\n```\n"));
        Assert.Equal((4, "sh", "it would take the whole night", "sleep 1\n"), (snippet.Line, snippet.Language, snippet.NotRun, snippet.Text));
    }

    private static bool LooksLikeACommand(string line) =>
        ((string[])["$ ", "curl ", "dotnet ", "npm ", "pip ", .. Verbs.Root().Subcommands.Select(verb => $"AiGateway {verb.Name} ")]).Any(start => line.StartsWith(start, StringComparison.Ordinal));

    private static string Packages(Snippet snippet) =>
        NodePackages.Require(NodeFolder, snippet.Text.Contains("@langchain/", StringComparison.Ordinal) ? "@langchain/openai" : snippet.Text.Contains("@ai-sdk/", StringComparison.Ordinal) ? "@ai-sdk/openai" : "openai");

    private static bool HasPython()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("python3", ["-c", "import openai"]) { RedirectStandardError = true });
            return process is not null && process.WaitForExit(Eventually.Bound) && process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false; // There is no such program.
        }
    }
}
