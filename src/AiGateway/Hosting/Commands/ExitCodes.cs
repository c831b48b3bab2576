namespace AiGateway.Hosting.Commands;

/// <summary>What a verb's exit code says.</summary>
internal static class ExitCodes
{
    public const int Ok = 0, Error = 1, BadInput = 2, BooksDoNotBalance = 3, Misconfigured = Hosting.Misconfigured.ExitCode;
}
