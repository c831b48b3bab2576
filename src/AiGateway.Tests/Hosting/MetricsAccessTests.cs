using System.Net;
using AiGateway.Accounts;
using AiGateway.Api;
using AiGateway.Billing;
using AiGateway.Hosting;
using AiGateway.Jobs;
using AiGateway.Ledger;
using AiGateway.Pipeline;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AiGateway.Tests.Hosting;

/// <summary>Figures of the business are for the operator's own network, or for whoever has the key.</summary>
public sealed class MetricsAccessTests
{
    private const string AdminKey = "admin-key-of-the-test-0123", MetricsKey = "metrics-key-of-the-test-0123";

    [Theory]
    [InlineData(null, "127.0.0.1", null, null, true)]
    [InlineData(null, "::1", null, null, true)]
    [InlineData(null, "10.1.2.3", null, null, true)]
    [InlineData(null, "172.31.0.9", null, null, true)]
    [InlineData(null, "::ffff:192.168.1.1", null, null, true)]
    [InlineData(null, "fd00::1", null, null, true)]
    [InlineData(null, "203.0.113.7", null, null, false)]
    [InlineData(null, "172.32.0.1", null, null, false)]
    [InlineData(null, "2001:db8::1", null, null, false)]
    [InlineData(null, null, null, null, false)]
    [InlineData(null, "203.0.113.7", AdminKey, null, true)]
    [InlineData(null, "203.0.113.7", "", null, false)]
    [InlineData(null, "10.1.2.3", null, "X-Forwarded-For", false)]
    [InlineData(null, "127.0.0.1", null, "Forwarded", false)]
    [InlineData(null, "127.0.0.1", null, "Via", false)]
    [InlineData(null, "127.0.0.1", null, "X-Real-IP", false)]
    [InlineData(null, "127.0.0.1", null, "X-Forwarded-Host", false)]
    [InlineData(null, "127.0.0.1", null, "X-Forwarded-Proto", false)]
    [InlineData(null, "127.0.0.1", AdminKey, "X-Forwarded-For", true)]
    [InlineData(MetricsKey, "127.0.0.1", null, null, false)]
    [InlineData(MetricsKey, "127.0.0.1", "another-key-0123456789", null, false)]
    [InlineData(MetricsKey, "203.0.113.7", MetricsKey, "X-Forwarded-For", true)]
    [InlineData(MetricsKey, "127.0.0.1", AdminKey, null, true)]
    public async Task Metrics_are_read_from_near_by_or_with_a_key(string? key, string? from, string? sent, string? mark, bool expected)
    {
        var context = new DefaultHttpContext { RequestServices = new ServiceCollection().AddLogging().AddProblemDetails().BuildServiceProvider() };
        context.Connection.RemoteIpAddress = from is null ? null : IPAddress.Parse(from);
        if (sent is not null)
            context.Request.Headers.Authorization = $"Bearer {sent}";
        if (mark is not null)
            context.Request.Headers[mark] = "203.0.113.7";
        var isRead = false;
        await new MetricsAccess(Settings(key), new OperatorKey(AdminKey)).LetInAsync(context, _ =>
        {
            isRead = true;
            return Task.CompletedTask;
        });
        Assert.Equal((expected, expected ? 200 : 401), (isRead, context.Response.StatusCode));
    }

    private static GatewaySettings Settings(string? metricsKey) => new()
    {
        IsProduction = true, MetricsKey = metricsKey, ConfigFolder = "", Ledger = new LedgerOptions(LedgerProvider.Sqlite, "", TimeSpan.Zero), Admission = new AdmissionOptions(),
        Admin = new AdminOptions(), Stripe = new BillingSettings(null, null, null), Alerts = new AlertOptions(),
    };
}
