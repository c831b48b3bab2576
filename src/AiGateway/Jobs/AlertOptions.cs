namespace AiGateway.Jobs;

/// <summary>Where alerts go besides the log.</summary>
internal sealed record AlertOptions
{
    /// <summary>Gets each alert as a signed POST; null: nothing is posted.</summary>
    public Uri? WebhookUrl { get; init; }

    /// <summary>What signs those posts.</summary>
    public string WebhookSecret { get; init; } = "";

    /// <summary>The server that takes mail; null: nothing is mailed.</summary>
    public string? SmtpHost { get; init; }
    public int SmtpPort { get; init; } = 587;
    public MailSecurity SmtpSecurity { get; init; } = MailSecurity.StartTls;
    public string? SmtpUser { get; init; }
    public string? SmtpPassword { get; init; }
    public string MailFrom { get; init; } = "";
    public IReadOnlyList<string> MailTo { get; init; } = [];

    /// <summary>A record would print its secrets.</summary>
    public override string ToString() => $"webhook {(WebhookUrl is null ? "off" : "on")}, mail {(SmtpHost is null ? "off" : "on")}";
}

/// <summary>How the way to the mail server is kept private.</summary>
internal enum MailSecurity
{
    /// <summary>Plain at first, then TLS, or nothing is sent.</summary>
    StartTls,
    /// <summary>TLS from the first byte.</summary>
    Tls,
    /// <summary>For a server on this machine only.</summary>
    None,
}
