using System.Diagnostics;
using System.Globalization;
using AiGateway.Ledger;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.Ledger;

/// <summary>More holds of one are tried at once than the balance has tokens, by one process and by three on one file: exactly the balance is held.</summary>
public sealed class RaceTests
{
    private const string TriesVariable = "AIGATEWAY_RACE_TRIES", FileVariable = "AIGATEWAY_RACE_FILE", ShareVariable = "AIGATEWAY_RACE_SHARE", NameVariable = "AIGATEWAY_RACE_NAME";
    private const int Workers = 64, LongRace = 60_000;
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(9);

    /// <summary>Two thirds of the tries find a token: 100,000 of 150,000 in the long form.</summary>
    private static int Tries => int.TryParse(Environment.GetEnvironmentVariable(TriesVariable), NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? asked : 4_500;

    private static int Balance => Tries / 3 * 2;

    [Fact]
    public async Task In_one_process_exactly_the_balance_is_held()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(Balance, "g");
        Assert.Equal(Balance, await TryAsync(box, "a", Tries));
        await EndAsync(box, 1);
    }

    [Fact]
    public async Task In_three_processes_exactly_the_balance_is_held()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(Balance, "g");
        await box.Writer.StopAsync();
        var processes = Enumerable.Range(0, 3).Select(number => RunAsync(box.Path, $"p{number}", Tries / 3)).ToList();
        // A process takes longer to start than a short race lasts: nobody begins before all are there.
        await Eventually.TrueAsync(() => Enumerable.Range(0, 3).All(number => File.Exists($"{box.Path}.p{number}.ready")) || processes.Any(process => process.IsFaulted), "all three processes are ready", Bound);
        await File.WriteAllTextAsync($"{box.Path}.go", "", LedgerBox.Cancel);
        var held = await Task.WhenAll(processes).WaitAsync(Bound, LedgerBox.Cancel);
        Assert.Equal(Balance, held.Sum());
        // Nobody is starved by the others. A race of a few hundred milliseconds may be over before the slowest has had its turn.
        if (Tries >= LongRace)
            Assert.DoesNotContain(0, held);
        await using var after = box.OpenBeside();
        await EndAsync(after, 3);
    }

    /// <summary>What each of the processes does; run by the test above, and by nobody else.</summary>
    [Fact(Explicit = true)]
    public async Task A_process_of_the_race_tries_its_share()
    {
        var file = Environment.GetEnvironmentVariable(FileVariable) ?? throw new InvalidOperationException($"{FileVariable} names no file.");
        await using var box = LedgerBox.OpenFile(file);
        await File.WriteAllTextAsync($"{file}.{Environment.GetEnvironmentVariable(NameVariable)}.ready", "", LedgerBox.Cancel);
        await Eventually.TrueAsync(() => File.Exists($"{file}.go"), "the race begins", Bound);
        var held = await TryAsync(box, Environment.GetEnvironmentVariable(NameVariable) ?? "", int.Parse(Environment.GetEnvironmentVariable(ShareVariable) ?? "", CultureInfo.InvariantCulture));
        await File.WriteAllTextAsync($"{file}.{Environment.GetEnvironmentVariable(NameVariable)}", $"{held}", LedgerBox.Cancel);
    }

    private static async Task<int> TryAsync(LedgerBox box, string name, int tries)
    {
        var (tried, held) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(async () =>
        {
            for (var number = Interlocked.Increment(ref tried); number <= tries; number = Interlocked.Increment(ref tried))
                if (await HoldAsync(box, $"{name}{number}") == HoldOutcome.Held)
                    Interlocked.Increment(ref held);
        })));
        return held;
    }

    /// <summary>A process that the others keep waiting for long is refused, and asks again as its caller would: under an id of its own.</summary>
    private static async Task<HoldOutcome> HoldAsync(LedgerBox box, string request)
    {
        for (var again = 0; ; again++)
        {
            try
            {
                return (await box.HoldAsync(1, $"{request}.{again}")).Outcome;
            }
            catch (LedgerUnavailableException)
            {
                // What was held after all is given back by the bookkeeper.
            }
        }
    }

    private static async Task<int> RunAsync(string file, string name, int share)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "AiGateway.Tests.dll"), "-explicit", "only", "-method", $"{typeof(RaceTests).FullName}.{nameof(A_process_of_the_race_tries_its_share)}"]) { RedirectStandardOutput = true };
        (start.Environment[FileVariable], start.Environment[ShareVariable], start.Environment[NameVariable]) = (file, $"{share}", name);
        using var process = Process.Start(start) ?? throw new InvalidOperationException("It did not start.");
        var output = await process.StandardOutput.ReadToEndAsync(LedgerBox.Cancel);
        await process.WaitForExitAsync(LedgerBox.Cancel);
        Assert.True(process.ExitCode == 0, output);
        return int.Parse(await File.ReadAllTextAsync($"{file}.{name}", LedgerBox.Cancel), CultureInfo.InvariantCulture);
    }

    private static async Task EndAsync(LedgerBox box, int processes)
    {
        Assert.Equal($"{Balance}|{Balance}", box.Table.Rows("SELECT balance, held FROM accounts"));
        Assert.Equal(Balance, box.Table.Number("SELECT count(*) FROM token_holds WHERE state < 2"));
        await box.AssertBalancedAsync(atRest: false);
        TestContext.Current.TestOutputHelper?.WriteLine($"{Tries} tries of {Workers} workers in {processes} processes on a balance of {Balance}: {Balance} held");
    }
}
