using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AiGateway.Tests.Architecture;

/// <summary>What the program is built on: under licences that bind nobody, and without known holes.</summary>
public sealed partial class DependencyTests
{
    private const string Audit = "AIGATEWAY_TESTS_AUDIT", Assets = "src/AiGateway/obj/project.assets.json";

    private static readonly string[] Free = ["MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "MS-PL", "PostgreSQL", "0BSD"];

    /// <summary>Those that bring a text of their own, each read once, with what it is.</summary>
    private static readonly Dictionary<string, string> ByName = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Stripe.net"] = "Apache-2.0, as a file",
        ["Microsoft.Data.SqlClient.SNI.runtime"] = "Microsoft's terms for redistributable code: goes along with programs that use it",
        ["Microsoft.Identity.Client.NativeInterop"] = "Microsoft's terms for redistributable code: goes along with programs that use it",
    };

    [Fact]
    public void Every_licence_is_on_the_list()
    {
        using var assets = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, Assets)));
        var folders = assets.RootElement.GetProperty("packageFolders").EnumerateObject().Select(folder => folder.Name).ToList();
        var packages = assets.RootElement.GetProperty("libraries").EnumerateObject()
            .Where(library => library.Value.GetProperty("type").GetString() == "package" && !ByName.ContainsKey(library.Name.Split('/')[0]))
            .Select(library => (library.Name, Licence: LicenceOf(folders, library.Value.GetProperty("path").GetString() ?? ""))).ToList();
        Assert.NotEmpty(packages);
        Offences.None(packages.Where(package => !Free.Contains(package.Licence)).Select(package => $"{package.Name}: {package.Licence}"));
    }

    [Fact]
    public async Task No_library_has_a_known_hole()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable(Audit) == "1", $"Asks the package registry: set {Audit}=1.");
        var start = new ProcessStartInfo("dotnet", "list src/AiGateway/AiGateway.csproj package --vulnerable --include-transitive --format json")
        {
            WorkingDirectory = Repository.Root, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        var cancel = TestContext.Current.CancellationToken;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(cancel), process.StandardError.ReadToEndAsync(cancel));
        await process.WaitForExitAsync(cancel);
        var told = await output + await errors;
        Assert.SkipUnless(process.ExitCode == 0 && told.Contains("\"projects\"", StringComparison.Ordinal) && !NoAnswer().IsMatch(told), $"The package registry does not answer questions about holes: {told.Trim()}");
        Offences.None(Hole().Matches(told).Select(match => match.Value));
    }

    private static string LicenceOf(IEnumerable<string> folders, string path)
    {
        var folder = folders.Select(root => Path.Combine(root, path)).First(Directory.Exists);
        var match = Licence().Match(File.ReadAllText(Directory.EnumerateFiles(folder, "*.nuspec").Single()));
        return match.Success ? match.Groups[1].Value : "none that is named";
    }

    [GeneratedRegex("<license type=\"expression\"[^>]*>([^<]*)</license>")]
    private static partial Regex Licence();

    [GeneratedRegex("\"advisoryurl\": *\"[^\"]*\"", RegexOptions.IgnoreCase)]
    private static partial Regex Hole();

    // "no vulnerability data" is told as a warning, and nothing is listed then.
    [GeneratedRegex("\"level\": *\"error\"|NU1900|NU1905", RegexOptions.IgnoreCase)]
    private static partial Regex NoAnswer();
}
