using AiGateway.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AiGateway.Tests.Hosting;

public sealed class GatewayRunTests
{
    [Fact]
    public async Task What_fails_beside_the_start_stops_the_services_before_it_ends_the_process()
    {
        var service = new Watched();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<IHostedService>(service);
        using var host = builder.Build();
        await Assert.ThrowsAsync<FormatException>(() => GatewayRun.UntilStoppedAsync(host, Task.FromException(new FormatException())));
        Assert.Equal(["start", "stop"], service.Seen);
    }

    private sealed class Watched : IHostedService
    {
        public List<string> Seen { get; } = [];

        public Task StartAsync(CancellationToken cancellationToken)
        {
            Seen.Add("start");
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            Seen.Add("stop");
            return Task.CompletedTask;
        }
    }
}
