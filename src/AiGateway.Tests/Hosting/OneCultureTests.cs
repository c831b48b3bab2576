using System.Globalization;
using System.Text.Json;

namespace AiGateway.Tests.Hosting;

public sealed class OneCultureTests
{
    [Fact]
    public void The_program_does_not_run_in_the_mode_that_sql_servers_driver_refuses()
    {
        using var settings = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "AiGateway.runtimeconfig.json")));
        var properties = settings.RootElement.GetProperty("runtimeOptions").GetProperty("configProperties");
        Assert.False(properties.TryGetProperty("System.Globalization.Invariant", out var mode) && mode.GetBoolean());
    }

    [Fact]
    public void Threads_speak_the_invariant_culture()
    {
        var spoken = "";
        var thread = new Thread(() => spoken = CultureInfo.CurrentCulture.Name);
        thread.Start();
        thread.Join();
        Assert.Equal(CultureInfo.InvariantCulture.Name, spoken);
    }
}
