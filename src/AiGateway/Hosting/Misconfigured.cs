using AiGateway.ConfigFiles;
using AiGateway.Plans;
using AiGateway.Pricing;
using AiGateway.Routes;

namespace AiGateway.Hosting;

/// <summary>Refuses to start on wrong settings or files: everything that is wrong at once, each with its fix.</summary>
internal static class Misconfigured
{
    /// <summary>EX_CONFIG of sysexits.h.</summary>
    public const int ExitCode = 78;

    public static int Report(IReadOnlyList<string> problems)
    {
        Console.Error.WriteLine($"AiGateway does not start: {problems.Count} {(problems.Count == 1 ? "thing is" : "things are")} wrong.");
        foreach (var problem in problems)
            Console.Error.WriteLine("  - " + problem);
        return ExitCode;
    }

    /// <summary>Loads the three files; a file that is wrong says so with its line.</summary>
    public static IReadOnlyList<string> CheckFiles(IServiceProvider services)
    {
        var problems = new List<string>();
        Check(problems, () => services.GetRequiredService<RoutesFile>());
        Check(problems, () => services.GetRequiredService<PricesFile>());
        Check(problems, () => services.GetRequiredService<PlansFile>());
        return problems;
    }

    private static void Check(List<string> problems, Func<object> load)
    {
        try
        {
            load();
        }
        catch (ConfigFileException error)
        {
            problems.AddRange(error.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }
    }
}
