using System.Diagnostics;
using System.Text;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.EndToEnd;

/// <summary>The disk under the ledger is full, or may only be read: nothing goes up unpaid, and what was answered is charged once there is room again.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class BrokenDiskTests
{
    private const string Ask = """{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}],"max_completion_tokens":50}""";
    private const string Why = "Needs to mount a small file system: run as root on Linux.";
    private const int MostCalls = 4_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task On_a_full_disk_calls_are_refused_and_every_answer_that_went_out_is_charged_once(bool isKilledMeanwhile)
    {
        using var disk = new SmallDisk();
        Assert.SkipUnless(disk.IsMounted, Why);
        await using var gateway = await RunningGateway.StartAsync(Settings(disk));
        var key = await gateway.NewUserAsync("anna", 100_000_000);
        disk.Fill();
        var whole = await CallUntilRefusedAsync(gateway, key);
        if (isKilledMeanwhile)
            await gateway.Process.KillAsync();
        disk.MakeRoom();
        if (isKilledMeanwhile)
            await gateway.Process.StartAsync();
        await Eventually.TrueAsync(async () => await CallAsync(gateway, key) == 200, "calls go through again");
        await gateway.NothingHeldAsync();
        var rows = await gateway.Admin.ChargesAsync("anna", whole + 1);
        Assert.Equal(gateway.Provider.Count, rows.Count);
        Assert.All(rows, row => Assert.Equal(FakeChat.TotalTokens, row.GetProperty("tokens_used").GetInt64()));
        await gateway.BooksBalanceAsync();
    }

    [Fact]
    public async Task On_a_disk_that_may_only_be_read_nothing_is_served_until_it_may_be_written_again()
    {
        using var disk = new SmallDisk();
        Assert.SkipUnless(disk.IsMounted, Why);
        await using var gateway = await RunningGateway.StartAsync(Settings(disk));
        var key = await gateway.NewUserAsync("anna", 100_000);
        await gateway.Process.StopAsync();
        Assert.SkipUnless(disk.Remount("ro"), Why);
        gateway.Process.Launch();
        int? status = null;
        await Eventually.TrueAsync(async () => gateway.Process.HasExited || (status = await TryAsync(gateway, key)) is not null, "it exits or answers");
        // Either it says why it does not start, or it refuses.
        if (status is null)
        {
            Assert.NotEqual(0, await gateway.Process.ExitedAsync());
            Assert.Contains("ledger", gateway.Process.Output, StringComparison.OrdinalIgnoreCase);
        }
        else
            Assert.Equal(503, status);
        Assert.Equal(0, gateway.Provider.Count);
        await gateway.Process.KillAsync();
        Assert.True(disk.Remount("rw"));
        await gateway.Process.StartAsync();
        Assert.Equal(200, await CallAsync(gateway, key));
        await gateway.BooksBalanceAsync();
    }

    private static Dictionary<string, string> Settings(SmallDisk disk)
    {
        var settings = RunningGateway.WithoutHourlyLimit();
        settings["ConnectionStrings__Ledger"] = $"Data Source={Path.Combine(disk.Folder, "gateway.db")}";
        return settings;
    }

    /// <returns>How many answers came before the first refusal.</returns>
    private static async Task<int> CallUntilRefusedAsync(RunningGateway gateway, MadeKey key)
    {
        for (var whole = 0; whole < MostCalls; whole++)
        {
            var before = gateway.Provider.Count;
            var status = await CallAsync(gateway, key);
            if (status == 200)
                continue;
            Assert.Equal(503, status);
            // No ledger, no call.
            Assert.Equal(before, gateway.Provider.Count);
            return whole;
        }
        throw new InvalidOperationException("The disk never was full.");
    }

    private static async Task<int> CallAsync(RunningGateway gateway, MadeKey key)
    {
        using var answer = await gateway.Caller(key).ChatAsync(Ask);
        var body = Encoding.UTF8.GetString(await answer.BytesAsync());
        Assert.True((int)answer.StatusCode != 503 || body.Contains("ledger_unavailable", StringComparison.Ordinal), body);
        return (int)answer.StatusCode;
    }

    private static async Task<int?> TryAsync(RunningGateway gateway, MadeKey key)
    {
        try
        {
            return await CallAsync(gateway, key);
        }
        catch (HttpRequestException)
        {
            return null; // Not listening, or not yet.
        }
    }

    /// <summary>A file system of its own, small enough to fill.</summary>
    private sealed class SmallDisk : IDisposable
    {
        private readonly TempFolder _folder = new();

        public SmallDisk()
        {
            Folder = _folder.File("small");
            Directory.CreateDirectory(Folder);
            IsMounted = OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", Folder);
        }

        public string Folder { get; }
        public bool IsMounted { get; }
        private string Ballast => Path.Combine(Folder, "ballast");

        /// <summary>Leaves no room at all.</summary>
        public void Fill()
        {
            using var file = File.Create(Ballast, bufferSize: 0);
            var block = new byte[4096];
            try
            {
                while (true)
                    file.Write(block);
            }
            catch (IOException)
            {
                // It is full.
            }
        }

        public void MakeRoom() => File.Delete(Ballast);

        public bool Remount(string mode) => Run("mount", "-o", $"remount,{mode}", Folder);

        public void Dispose()
        {
            if (IsMounted)
                Run("umount", "-l", Folder);
            _folder.Dispose();
        }

        private static bool Run(string program, params string[] arguments)
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true });
            process?.WaitForExit();
            return process is { ExitCode: 0 };
        }
    }
}
