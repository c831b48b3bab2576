using System.CommandLine;

namespace AiGateway.Hosting.Commands;

/// <summary>doctor: looks at everything that serving needs, and says of each whether it is fine, and if not, what to do.</summary>
internal static class DoctorVerb
{
    public static Command Make()
    {
        var verb = new Command("doctor", "Check configuration, database, port, provider, prices and clock; exit code 78 where something keeps the gateway from serving.");
        verb.SetAction((parse, cancel) => RunAsync(Verbs.Output(parse), cancel));
        return verb;
    }

    private static async Task<int> RunAsync(CommandOutput output, CancellationToken cancel)
    {
        var findings = new List<Finding>();
        await foreach (var finding in CheckUp.RunAsync(cancel))
            findings.Add(finding);
        output.List(findings);
        return findings.Any(finding => finding.State == FindingState.Problem) ? ExitCodes.Misconfigured : ExitCodes.Ok;
    }
}
