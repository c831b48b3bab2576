using System.CommandLine;
using AiGateway.Routes;

namespace AiGateway.Hosting.Commands;

/// <summary>routes: what a routes file says, without serving it.</summary>
internal static class RouteVerbs
{
    private static readonly Argument<string?> File = new("file") { Description = "Default: the one in force.", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Argument<string> Method = new("method") { Description = "Such as POST." };
    private static readonly Argument<string> Target = new("path") { Description = "Such as /v1/chat/completions." };

    private static readonly Option<string?> Model = new("--model") { Description = "The model that the body names." };

    public static Command Make() => new Command("routes", "The routes file: validate, explain.").With(
        new Command("validate", "Say everything that is wrong with a routes file; exit code 2 where something is.").With(File).Does(ValidateAsync),
        new Command("explain", "Say which route a call takes, and what follows from that.").With(Method, Target, Model).Does(ExplainAsync));

    private static async Task<int> ValidateAsync(CommandScope scope, ParseResult parse, CancellationToken cancel)
    {
        var path = parse.GetValue(File) ?? scope.Get<RoutesOptions>().Path;
        var found = scope.Get<RoutesCheckUp>().Look(await System.IO.File.ReadAllBytesAsync(path, cancel), path);
        if (scope.Output.IsForPeople && found.Count == 0)
            scope.Output.Text($"{path} is fine.");
        else
            scope.Output.List(found);
        return found.Any(problem => !problem.IsWarning) ? ExitCodes.BadInput : ExitCodes.Ok;
    }

    private static Task<int> ExplainAsync(CommandScope scope, ParseResult parse, CancellationToken cancel)
    {
        var (method, path, table) = (parse.GetRequiredValue(Method), parse.GetRequiredValue(Target), scope.Get<RoutesFile>().Current);
        if (table.Explain(method, path, parse.GetValue(Model)) is { } explained)
            scope.Output.One(explained);
        else
            return Task.FromResult(scope.Output.Fail(ExitCodes.Error, $"No route takes {method} {path}.{(table.Nearest(path) is { } near ? $" The nearest is {near}." : "")}"));
        return Task.FromResult(ExitCodes.Ok);
    }
}
