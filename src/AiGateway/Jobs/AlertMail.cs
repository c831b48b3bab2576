using System.Globalization;
using AiGateway.Insights;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace AiGateway.Jobs;

/// <summary>Mails an alert, as plain text.</summary>
internal sealed class AlertMail(AlertOptions options) : AlertChannel
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public override int Bit => MailBit;

    public override async Task<string?> SendAsync(AlertView alert, CancellationToken cancel)
    {
        using var message = Message(alert);
        using var smtp = new SmtpClient { Timeout = (int)Patience.TotalMilliseconds };
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        try
        {
            await smtp.ConnectAsync(options.SmtpHost ?? throw new InvalidOperationException("No mail server is configured."), options.SmtpPort, Security(), patience.Token);
            if (options.SmtpUser is not null)
                await smtp.AuthenticateAsync(options.SmtpUser, options.SmtpPassword ?? "", patience.Token);
            await smtp.SendAsync(message, patience.Token);
            await smtp.DisconnectAsync(quit: true, patience.Token);
            return null;
        }
        catch (Exception failed) when (failed is ServiceNotConnectedException or CommandException or ProtocolException or AuthenticationException or SslHandshakeException
            or IOException or System.Net.Sockets.SocketException or NotSupportedException || (failed is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return $"the mail server did not take it: {failed.Message}";
        }
    }

    private MimeMessage Message(AlertView alert)
    {
        var message = new MimeMessage { Subject = $"AiGateway alert: {alert.Kind.Replace('_', ' ')}", MessageId = $"{alert.Id}@aigateway" };
        message.From.Add(MailboxAddress.Parse(options.MailFrom));
        foreach (var to in options.MailTo)
            message.To.Add(MailboxAddress.Parse(to));
        message.Body = new TextPart("plain")
        {
            Text = string.Create(CultureInfo.InvariantCulture, $"{alert.Message}\n\nRaised at {alert.RaisedAt:yyyy-MM-dd HH:mm:ss} UTC. Alert {alert.Id}.\n"),
        };
        return message;
    }

    private SecureSocketOptions Security() => options.SmtpSecurity switch
    {
        MailSecurity.StartTls => SecureSocketOptions.StartTls,
        MailSecurity.Tls => SecureSocketOptions.SslOnConnect,
        MailSecurity.None => SecureSocketOptions.None,
        _ => throw new InvalidOperationException($"No rule for {options.SmtpSecurity}."),
    };
}
