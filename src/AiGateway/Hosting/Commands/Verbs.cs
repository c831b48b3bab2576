using System.CommandLine;

namespace AiGateway.Hosting.Commands;

/// <summary>The command line: one verb a file. Without a verb the program serves, and its arguments are the host's configuration.</summary>
internal static class Verbs
{
    private const string Serve = "serve";
    private static readonly string[] Help = ["-h", "--help", "-?", "/?", "--version"];

    // Lazy, because a start asks this class too, and needs no command line.
    private static readonly Lazy<Option<bool>> Json = new(() => new("--json")
    {
        Description = "Print JSON. The default where stdout is not a terminal.", Recursive = true,
    });

    /// <summary>Whether the arguments name a verb other than serve, or ask for help; --urls and its like are for the host.</summary>
    public static bool AreNamed(string[] args) =>
        args is [var first, ..] && first != Serve && (Help.Contains(first) || !first.StartsWith('-') && !first.StartsWith('/') && !first.Contains('='));

    /// <summary>The host's arguments.</summary>
    public static string[] ForHost(string[] args) => args is [Serve, .. var rest] ? rest : args;

    public static async Task<int> RunAsync(string[] args)
    {
        var parse = Root().Parse(args);
        if (parse.Errors.Count > 0)
        {
            foreach (var error in parse.Errors)
                await Console.Error.WriteLineAsync(error.Message);
            await Console.Error.WriteLineAsync("See --help.");
            return ExitCodes.BadInput;
        }
        return await parse.InvokeAsync();
    }

    public static CommandOutput Output(ParseResult parse) => new(Console.Out, Console.Error, parse.GetValue(Json.Value) || Console.IsOutputRedirected);

    public static RootCommand Root()
    {
        var root = new RootCommand("AiGateway meters calls to AI providers and charges them to a ledger. Without a verb it serves.");
        root.Options.Add(Json.Value);
        foreach (var verb in All())
            root.Subcommands.Add(verb);
        return root;
    }

    private static IEnumerable<Command> All()
    {
        // Listed for --help alone: Program serves before this is asked.
        yield return new Command(Serve, "Serve calls (the default); takes the host's arguments, such as --urls.");
        yield return UserVerbs.Make();
        yield return KeyVerbs.Make();
        yield return GrantVerbs.Make();
        yield return BalanceVerb.Make();
        yield return TransactionVerbs.Make();
        yield return ImportVerbs.Make();
        yield return RouteVerbs.Make();
        yield return PriceVerbs.Make();
        yield return StripeVerbs.Make();
        yield return AuditVerb.Make();
        yield return DatabaseVerbs.Make();
        yield return DemoVerbs.Make();
        yield return SchemaVerbs.Make();
        yield return DoctorVerb.Make();
    }

    /// <summary>A verb below a verb.</summary>
    public static Command With(this Command verb, params IEnumerable<Symbol> parts)
    {
        foreach (var part in parts)
            if (part is Option option) verb.Options.Add(option);
            else if (part is Argument argument) verb.Arguments.Add(argument);
            else if (part is Command command) verb.Subcommands.Add(command);
        return verb;
    }

    /// <summary>What a verb does on the database.</summary>
    public static Command OnDatabase(this Command verb, Func<CommandScope, ParseResult, CancellationToken, Task<int>> work)
    {
        verb.SetAction((parse, cancel) => CommandScope.OnDatabaseAsync(parse, scope => work(scope, parse, cancel), cancel));
        return verb;
    }

    /// <summary>What a verb does without a database, or before there is one.</summary>
    public static Command Does(this Command verb, Func<CommandScope, ParseResult, CancellationToken, Task<int>> work)
    {
        verb.SetAction((parse, cancel) => CommandScope.RunAsync(parse, scope => work(scope, parse, cancel)));
        return verb;
    }
}
