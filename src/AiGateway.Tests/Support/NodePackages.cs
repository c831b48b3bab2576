using System.Diagnostics;

namespace AiGateway.Tests.Support;

/// <summary>Runs a script of ours under Node.js; a visible skip where Node.js or the script's packages are not installed.</summary>
internal static class NodePackages
{
    /// <param name="folder">From the repository's root; it holds package.json.</param>
    public static string Require(string folder, string package)
    {
        var path = Path.Combine(RepositoryRoot.Find(), folder);
        Assert.SkipUnless(IsOnPath("node"), "Node.js is not installed: no `node` on the PATH.");
        Assert.SkipUnless(Directory.Exists(Path.Combine(path, "node_modules", package)), $"The package {package} is not installed: run `npm ci` in {folder}.");
        return path;
    }

    /// <returns>What the script wrote to stdout; a failure with stderr where it did not exit with 0.</returns>
    public static async Task<string> RunAsync(string folder, string script, IReadOnlyDictionary<string, string> environment)
    {
        var cancel = TestContext.Current.CancellationToken;
        var start = new ProcessStartInfo("node", [script]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start) ?? throw new InvalidOperationException("node did not start.");
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(cancel), process.StandardError.ReadToEndAsync(cancel));
            await process.WaitForExitAsync(cancel).WaitAsync(Eventually.Bound, cancel);
            Assert.True(process.ExitCode == 0, $"{script} exited with {process.ExitCode}: {await errors}{await output}");
            return await output;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    private static bool IsOnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, program)) || File.Exists(Path.Combine(folder, program + ".exe")));
}
