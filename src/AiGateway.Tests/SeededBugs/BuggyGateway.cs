using System.Diagnostics;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.SeededBugs;

/// <summary>What a run of one test said.</summary>
/// <param name="IsGreen">It ran, and nothing failed.</param>
internal sealed record SeededRun(bool IsGreen, string Output)
{
    /// <summary>The lines that name a failed test.</summary>
    public string Failures => string.Join('\n', Lines.Where(line => line.Contains("[FAIL]", StringComparison.Ordinal)));

    /// <summary>What the failed test said first.</summary>
    public string Reason => string.Join(" / ", Lines.SkipWhile(line => !line.Contains("[FAIL]", StringComparison.Ordinal)).Skip(1).Take(3).Select(line => line.Trim()));

    private string[] Lines => Output.Split('\n');
}

/// <summary>A copy of the gateway's source and of these tests, in which bugs are planted one at a time. Made when the first one is asked for.</summary>
public sealed class BuggyGateway : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly string[] Beside =
        ["AiGateway.sln", "Directory.Build.props", "Directory.Packages.props", "BannedSymbols.txt", "global.json", ".editorconfig", "NuGet.config", "nuget.config"];

    private readonly TempFolder _folder = new();
    private bool _isCopied;

    private string Tests => _folder.File("tests");

    /// <param name="bug">Null: the code as it is.</param>
    internal async Task<SeededRun> RunAsync(SeededBug? bug, string test)
    {
        if (!_isCopied)
            Copy();
        _isCopied = true;
        if (bug is null)
            File.Copy(Path.Combine(AppContext.BaseDirectory, "AiGateway.dll"), Path.Combine(Tests, "AiGateway.dll"), overwrite: true);
        else
            await BuildAsync(bug);
        var (code, output) = await StartAsync("exec", Path.Combine(Tests, "AiGateway.Tests.dll"), "-noColor", "-method", test);
        return new SeededRun(code == 0 && !output.Contains("Total: 0", StringComparison.Ordinal), output);
    }

    public void Dispose() => _folder.Dispose();

    private void Copy()
    {
        var root = RepositoryRoot.Find();
        foreach (var name in Beside.Where(name => File.Exists(Path.Combine(root, name))))
            File.Copy(Path.Combine(root, name), _folder.File(name));
        CopyFolder(Path.Combine(root, "config"), _folder.File("config"), _ => true);
        CopyFolder(Path.Combine(root, "src", "AiGateway"), Path.Combine(_folder.Root, "src", "AiGateway"), folder => folder is not ("bin" or "obj"));
        CopyFolder(AppContext.BaseDirectory, Tests, _ => true);
    }

    private async Task BuildAsync(SeededBug bug)
    {
        var cancel = TestContext.Current.CancellationToken;
        var (file, sound) = (Path.Combine(_folder.Root, bug.File), await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Find(), bug.File), cancel));
        await File.WriteAllTextAsync(file, bug.PlantIn(sound), cancel);
        var (code, output) = await StartAsync("build", Path.Combine(_folder.Root, "src", "AiGateway"), "-v", "q", "-nologo", "-p:RunAnalyzers=false", "-o", _folder.File("built"));
        Assert.True(code == 0, $"It does not build with {bug.Name}:\n{output}");
        File.Copy(Path.Combine(_folder.File("built"), "AiGateway.dll"), Path.Combine(Tests, "AiGateway.dll"), overwrite: true);
        await File.WriteAllTextAsync(file, sound, cancel);
    }

    private static async Task<(int Code, string Output)> StartAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("dotnet did not start.");
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output);
    }

    private static void CopyFolder(string from, string to, Func<string, bool> isWanted)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        foreach (var folder in Directory.GetDirectories(from).Where(folder => isWanted(Path.GetFileName(folder))))
            CopyFolder(folder, Path.Combine(to, Path.GetFileName(folder)), isWanted);
    }
}
