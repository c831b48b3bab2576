using AiGateway.Hosting;
using AiGateway.Jobs;
using Microsoft.Extensions.Configuration;

namespace AiGateway.Tests.Hosting;

/// <summary>Where alerts go is checked before anything starts.</summary>
public sealed class AlertSettingsTests
{
    private const string Secret = "a-secret-of-the-tests";

    [Theory]
    [InlineData("https://hooks.example.com/x", Secret, null)]
    [InlineData("http://127.0.0.1:9000/x", Secret, null)]
    [InlineData(null, null, null)]
    [InlineData("http://hooks.example.com/x", Secret, "use an https address")]
    [InlineData("https://me:pw@hooks.example.com/x", Secret, "use an https address")]
    [InlineData("file:///etc/passwd", Secret, "use an https address")]
    [InlineData("https://169.254.169.254/latest", Secret, "not link-local")]
    [InlineData("https://hooks.example.com/x", "short", "Alerts__WebhookSecret is shorter than 16")]
    [InlineData("https://hooks.example.com/x", null, "Alerts__WebhookSecret is shorter than 16")]
    public void A_webhook_is_https_and_signed(string? url, string? secret, string? problem) =>
        Expect(problem, ("WebhookUrl", url), ("WebhookSecret", secret));

    [Theory]
    [InlineData("mail.example.com", "starttls", "a@example.com", "b@example.com, c@example.com", null)]
    [InlineData("localhost", "none", "a@example.com", "b@example.com", null)]
    [InlineData("mail.example.com", "none", "a@example.com", "b@example.com", "Alerts__SmtpSecurity is none")]
    [InlineData("mail.example.com", "0", "a@example.com", "b@example.com", "Alerts__SmtpSecurity is '0'")]
    [InlineData("mail.example.com", "tls", null, "b@example.com", "Alerts__MailFrom is ''")]
    [InlineData("mail.example.com", "tls", "a@example.com", null, "Alerts__MailTo is not set")]
    [InlineData("mail.example.com", "tls", "a@example.com", "b@example.com\r\nBcc: x@example.com", "Alerts__MailTo has")]
    public void Mail_needs_a_sender_receivers_and_a_private_way(string host, string security, string? from, string? to, string? problem) =>
        Expect(problem, ("SmtpHost", host), ("SmtpSecurity", security), ("MailFrom", from), ("MailTo", to));

    [Fact]
    public void Nothing_is_sent_by_default() => Assert.Equal((null, null), (Read([]).Options.WebhookUrl, Read([]).Options.SmtpHost));

    private static void Expect(string? problem, params (string, string?)[] settings)
    {
        var problems = Read(settings).Problems;
        if (problem is null)
            Assert.Empty(problems);
        else
            Assert.Contains(problem, Assert.Single(problems));
    }

    private static (AlertOptions Options, List<string> Problems) Read((string Key, string? Value)[] settings)
    {
        var problems = new List<string>();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(each => KeyValuePair.Create("Alerts:" + each.Key, each.Value))).Build();
        return (new AlertSettings(configuration, (key, wrong, fix) => problems.Add($"{key} {wrong}: {fix}.")).Read(), problems);
    }
}
