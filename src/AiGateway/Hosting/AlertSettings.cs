using System.Globalization;
using AiGateway.ConfigFiles;
using AiGateway.Jobs;

namespace AiGateway.Hosting;

/// <summary>Reads the section Alerts: where alerts go besides the log.</summary>
internal sealed class AlertSettings(IConfiguration configuration, Action<string, string, string> problem)
{
    public static readonly string[] Keys =
        ["WebhookUrl", "WebhookSecret", "SmtpHost", "SmtpPort", "SmtpSecurity", "SmtpUser", "SmtpPassword", "MailFrom", "MailTo"];

    private const int MinSecretLength = 16;

    public AlertOptions Read()
    {
        var options = new AlertOptions
        {
            WebhookUrl = Url(), WebhookSecret = Text("WebhookSecret") ?? "", SmtpHost = Text("SmtpHost"), SmtpPort = Port(), SmtpSecurity = Security(),
            SmtpUser = Text("SmtpUser"), SmtpPassword = Text("SmtpPassword"), MailFrom = Text("MailFrom") ?? "",
            MailTo = (Text("MailTo") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        };
        if (options.WebhookUrl is not null && options.WebhookSecret.Length < MinSecretLength)
            problem("Alerts__WebhookSecret", $"is shorter than {MinSecretLength} characters", "set a long random text: it signs what is posted to Alerts__WebhookUrl");
        if (options.SmtpHost is not null)
            CheckMail(options);
        return options;
    }

    private void CheckMail(AlertOptions options)
    {
        if (!IsAddress(options.MailFrom))
            problem("Alerts__MailFrom", $"is '{options.MailFrom}'", "set the sender's address, such as gateway@example.com");
        if (options.MailTo.Count == 0)
            problem("Alerts__MailTo", "is not set", "set who gets alerts, with commas between addresses");
        foreach (var to in options.MailTo.Where(to => !IsAddress(to)))
            problem("Alerts__MailTo", $"has '{to}'", "use addresses such as owner@example.com, with commas between them");
        if (options.SmtpSecurity == MailSecurity.None && options.SmtpHost is not ("localhost" or "127.0.0.1" or "::1"))
            problem("Alerts__SmtpSecurity", "is none for a server on another machine", "use starttls or tls");
    }

    /// <summary>Alerts carry user ids: they cross no network in the clear.</summary>
    private Uri? Url()
    {
        if (Text("WebhookUrl") is not { } text)
            return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.UserInfo.Length == 0 && !LinkLocal.IsAt(url) && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback)))
            return url;
        problem("Alerts__WebhookUrl", $"is '{text}'", "use an https address (http only on this machine), without a password in it and not link-local");
        return null;
    }

    private int Port()
    {
        if (Text("SmtpPort") is not { } text)
            return new AlertOptions().SmtpPort;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65_535)
            return port;
        problem("Alerts__SmtpPort", $"is '{text}'", "use a port from 1 to 65535");
        return 0;
    }

    private MailSecurity Security()
    {
        if (Text("SmtpSecurity") is not { } text)
            return MailSecurity.StartTls;
        if (Enum.TryParse<MailSecurity>(text, ignoreCase: true, out var security) && !char.IsAsciiDigit(text[0]))
            return security;
        problem("Alerts__SmtpSecurity", $"is '{text}'", "use starttls, tls or none");
        return MailSecurity.StartTls;
    }

    private static bool IsAddress(string text) => text.IndexOf('@') is > 0 and var at && at < text.Length - 1 && !text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c));

    private string? Text(string key) => configuration["Alerts:" + key] is { } text && text.Trim().Length > 0 ? text.Trim() : null;
}
