using System.Globalization;
using System.Security.Cryptography;
using AiGateway.Accounts;
using AiGateway.Api;
using AiGateway.Billing;
using AiGateway.Ledger;
using AiGateway.Pipeline;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;

namespace AiGateway.Hosting;

/// <summary>Reads <see cref="GatewaySettings"/> and finds everything that is wrong with them, each with its fix.</summary>
internal sealed class SettingsReader(IConfiguration configuration, bool isProduction)
{
    private const int MinKeyLength = 16;
    private static readonly TimeSpan MinHoldExpiry = TimeSpan.FromSeconds(3), MaxHoldExpiry = TimeSpan.FromHours(24);

    /// <summary>The keys of our own sections; anything else in them is a mistake.</summary>
    private static readonly Dictionary<string, string[]> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Server"] = ["PublicUrl"],
        ["Ledger"] = ["Provider", "HoldExpiry", "SpoolFolder", "SpoolMaxMegabytes", "MaxBatchSize", "UseSqlOutputClause"],
        ["Admin"] = ["Key"],
        ["Metrics"] = ["Key"],
        ["Admission"] = ["MaxTokensPerCall"],
        ["ClientRateLimiting"] = ["GeneralRules"],
        ["Cors"] = ["AllowedOrigins"],
        ["Jwt"] = ["Authority", "Audience"],
        ["Stripe"] = ["ApiBase", "ReconcileAt"],
        ["Alerts"] = AlertSettings.Keys,
    };

    private readonly List<string> _problems = [];

    public static (GatewaySettings Settings, IReadOnlyList<string> Problems) Read(IConfiguration configuration, bool isProduction)
    {
        var reader = new SettingsReader(configuration, isProduction);
        return (reader.Read(), reader._problems);
    }

    private GatewaySettings Read()
    {
        CheckKeys();
        var publicUrl = ReadPublicUrl();
        var settings = new GatewaySettings
        {
            IsProduction = isProduction,
            PublicUrl = publicUrl,
            Ledger = ReadLedger(),
            Admission = new AdmissionOptions
            {
                MaxTokensPerCall = Number("Admission:MaxTokensPerCall", 500_000, 1, 1_000_000_000),
                CallLimit = ReadCallLimit(),
                AddTokensUrl = publicUrl?.GetLeftPart(UriPartial.Authority) + AdmissionOptions.AddTokensPath,
            },
            Admin = new AdminOptions { Key = Text("Admin:Key") ?? "" },
            MetricsKey = Text("Metrics:Key"),
            Jwt = ReadJwt(),
            AllowedOrigins = ReadOrigins(),
            Stripe = ReadStripe(),
            Alerts = new AlertSettings(configuration, Problem).Read(),
            OpenAiAdminKey = Text("OPENAI_ADMIN_KEY"),
            OpenAiKey = Text("OPENAI_API_KEY"),
            OpenAiBaseUrl = ReadBaseUrl(),
            ConfigFolder = FindConfigFolder(),
        };
        CheckKey("Admin__Key", settings.Admin.Key);
        CheckKey("Metrics__Key", settings.MetricsKey ?? "");
        foreach (var missing in SecretFiles.Missing())
            Problem(missing, "names a file that is not there", "name an existing file, or remove the variable");
        if (isProduction)
            CheckProduction(settings);
        return settings;
    }

    private void CheckProduction(GatewaySettings settings)
    {
        if (settings.UsesDemoProvider)
            Problem("OPENAI_API_KEY", "is not set, so the demo provider would answer", "set OPENAI_API_KEY (or OPENAI_API_KEY_FILE)");
        else if (settings.OpenAiKey is null)
            Problem("OPENAI_API_KEY", "is not set", "set it (or OPENAI_API_KEY_FILE) to the provider's key");
        if (settings.Admin.Key.Length == 0)
            Problem("Admin__Key", "is not set", $"set it to a random text of at least {MinKeyLength} characters");
        if (Text("STRIPE_SECRET_KEY") is null)
            Problem("STRIPE_SECRET_KEY", "is not set, so the demo checkout would sell tokens for nothing", "set it (or STRIPE_SECRET_KEY_FILE)");
        if (Text("STRIPE_WEBHOOK_SECRET") is null)
            Problem("STRIPE_WEBHOOK_SECRET", "is not set, so no payment could be verified", "set it (or STRIPE_WEBHOOK_SECRET_FILE)");
    }

    private void CheckKey(string name, string key)
    {
        if (key.Length is > 0 and < MinKeyLength)
            Problem(name, $"is shorter than {MinKeyLength} characters", "use a long random text");
    }

    private void CheckKeys()
    {
        foreach (var (section, keys) in Known)
            foreach (var child in configuration.GetSection(section).GetChildren())
                if (!keys.Contains(child.Key, StringComparer.OrdinalIgnoreCase) && !SecretFiles.IsFileOf(child.Key, keys))
                    Problem($"{section}__{child.Key}", "is not a setting", $"known here: {string.Join(", ", keys)}" + DidYouMean(child.Key, keys));
    }

    private static string DidYouMean(string key, string[] keys) =>
        ConfigFiles.DidYouMean.Nearest(key, keys) is { } near ? $"; did you mean {near}?" : "";

    private Uri? ReadPublicUrl()
    {
        if (Text("Server:PublicUrl")?.TrimEnd('/') is not { } text)
            return null;
        if (IsOrigin(text))
            return new Uri(text);
        Problem("Server__PublicUrl", $"is '{text}'", "use the address that browsers reach the gateway by, such as https://gw.example.com: scheme and host, no path");
        return null;
    }

    private LedgerOptions ReadLedger()
    {
        var name = Text("Ledger:Provider") ?? nameof(LedgerProvider.Sqlite);
        if (!Enum.TryParse<LedgerProvider>(name, ignoreCase: true, out var provider))
            Problem("Ledger__Provider", $"is '{name}'", "use Sqlite or SqlServer");
        var connection = Text("ConnectionStrings:Ledger");
        if (provider == LedgerProvider.SqlServer && connection is null)
            Problem("ConnectionStrings__Ledger", "is not set", "Ledger__Provider=SqlServer needs a connection string");
        if (connection is not null && !(provider == LedgerProvider.Sqlite ? IsSqlite(connection) : IsSqlServer(connection)))
            connection = null;
        var options = new LedgerOptions(provider, connection ?? LedgerOptions.DefaultConnectionString, ReadHoldExpiry());
        return options with
        {
            SpoolFolder = Text("Ledger:SpoolFolder") ?? DataFolder.SpoolOf(options),
            SpoolMaxMegabytes = (int)Number("Ledger:SpoolMaxMegabytes", LedgerOptions.DefaultSpoolMaxMegabytes, 0, 4096),
            MaxBatchSize = (int)Number("Ledger:MaxBatchSize", LedgerOptions.DefaultMaxBatchSize, 1, 1000),
            UseSqlOutputClause = Flag("Ledger:UseSqlOutputClause", fallback: true),
        };
    }

    private bool IsSqlite(string connection)
    {
        try
        {
            var parsed = new SqliteConnectionStringBuilder(connection);
            if (parsed.Mode is not (SqliteOpenMode.ReadOnly or SqliteOpenMode.Memory) && parsed.DataSource is not ("" or ":memory:"))
                return true;
            Problem("ConnectionStrings__Ledger", $"is '{connection}'", "the ledger is a file that can be written, such as Data Source=data/gateway.db");
        }
        catch (ArgumentException error)
        {
            Problem("ConnectionStrings__Ledger", $"is not a connection string ({error.Message})", "use Data Source=data/gateway.db");
        }
        return false;
    }

    /// <summary>The text holds a password: it is never shown.</summary>
    private bool IsSqlServer(string connection)
    {
        const string example = "use Server=tcp:db.example.com,1433;Database=aigateway;User ID=…;Password=…;Encrypt=True";
        try
        {
            var parsed = new SqlConnectionStringBuilder(connection);
            if (parsed.DataSource.Length > 0 && parsed.InitialCatalog.Length > 0)
                return true;
            Problem("ConnectionStrings__Ledger", $"names no {(parsed.DataSource.Length > 0 ? "Database" : "Server")}", example);
        }
        catch (Exception error) when (error is ArgumentException or FormatException)
        {
            Problem("ConnectionStrings__Ledger", "is not a SQL Server connection string", example);
        }
        return false;
    }

    private TimeSpan ReadHoldExpiry()
    {
        if (Text("Ledger:HoldExpiry") is not { } text)
            return LedgerOptions.DefaultHoldExpiry;
        if (TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var expiry) && expiry >= MinHoldExpiry && expiry <= MaxHoldExpiry)
            return expiry;
        Problem("Ledger__HoldExpiry", $"is '{text}'", $"use a time from {MinHoldExpiry:c} to {MaxHoldExpiry:c}, such as 00:15:00");
        return LedgerOptions.DefaultHoldExpiry;
    }

    /// <summary>One rule, in the shape that AspNetCoreRateLimit's users know.</summary>
    private CallLimit ReadCallLimit()
    {
        var rules = configuration.GetSection("ClientRateLimiting:GeneralRules").GetChildren().ToList();
        if (rules.Count == 0)
            return new CallLimit(100, 3_600_000);
        const string key = "ClientRateLimiting__GeneralRules";
        if (rules.Count > 1)
            Problem(key, $"has {rules.Count} rules", "give exactly one, with Endpoint *");
        var rule = rules[0];
        foreach (var child in rule.GetChildren().Where(c => c.Key is not ("Endpoint" or "Period" or "Limit")))
            Problem($"{key}__0__{child.Key}", "is not a setting", "a rule has Endpoint, Period and Limit");
        if (rule["Endpoint"] != "*")
            Problem($"{key}__0__Endpoint", $"is '{rule["Endpoint"]}'", "the limit is per account, over all endpoints: use *");
        if (!int.TryParse(rule["Limit"], NumberStyles.None, CultureInfo.InvariantCulture, out var limit) || limit < 1)
            Problem($"{key}__0__Limit", $"is '{rule["Limit"]}'", "use a whole number of calls, at least 1");
        if (PeriodMs(rule["Period"]) is not { } period)
        {
            Problem($"{key}__0__Period", $"is '{rule["Period"]}'", "use a number and s, m, h or d, such as 1h");
            period = 3_600_000;
        }
        return new CallLimit(limit, period);
    }

    private static long? PeriodMs(string? text)
    {
        if (text is not { Length: > 1 } || !int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count is < 1 or > 10_000)
            return null;
        return text[^1] switch { 's' => count * 1_000L, 'm' => count * 60_000L, 'h' => count * 3_600_000L, 'd' => count * 86_400_000L, _ => null };
    }

    /// <summary>Both or neither: a token for no audience in particular is a token for anyone.</summary>
    private JwtOptions? ReadJwt()
    {
        var (authority, audience) = (Text("Jwt:Authority"), Text("Jwt:Audience"));
        if (authority is null && audience is null)
            return null;
        if (authority is null || audience is null)
        {
            Problem(authority is null ? "Jwt__Authority" : "Jwt__Audience", "is not set", "set both Jwt__Authority and Jwt__Audience, or neither");
            return null;
        }
        if (Uri.TryCreate(authority, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback)))
            return new JwtOptions(url, audience);
        Problem("Jwt__Authority", $"is '{authority}'", "use the issuer's https address, such as https://login.example.com (http only on this machine)");
        return null;
    }

    /// <summary>One text with commas, or a list.</summary>
    private List<string> ReadOrigins()
    {
        var section = configuration.GetSection("Cors:AllowedOrigins");
        var given = section.GetChildren().Select(child => child.Value ?? "").Append(section.Value ?? "")
            .SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).ToList();
        foreach (var origin in given.Where(origin => !IsOrigin(origin)))
            Problem("Cors__AllowedOrigins", $"has '{origin}'", "name each origin as a browser sends it, such as https://app.example.com: scheme and host, no path, no slash at the end");
        return given;
    }

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
        && string.Equals(url.GetLeftPart(UriPartial.Authority), text, StringComparison.OrdinalIgnoreCase);

    /// <summary>Without Stripe the demo checkout signs its events with a secret that nobody else ever sees.</summary>
    private BillingSettings ReadStripe()
    {
        var (key, secret, apiBase) = (Text("STRIPE_SECRET_KEY"), Text("STRIPE_WEBHOOK_SECRET"), Text("Stripe:ApiBase"));
        if (apiBase is not null && !(Uri.TryCreate(apiBase, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"))
            Problem("Stripe__ApiBase", $"is '{apiBase}'", "use an absolute http or https address, or leave it out to reach Stripe");
        return new BillingSettings(key, secret ?? (key is null ? "whsec_demo_" + RandomNumberGenerator.GetHexString(64) : null), apiBase?.TrimEnd('/')) { ReconcileAt = ReadReconcileAt(), WebhookSecretNow = secret is null ? null : () => Text("STRIPE_WEBHOOK_SECRET") };
    }

    private TimeSpan? ReadReconcileAt()
    {
        if (Text("Stripe:ReconcileAt") is not { } text)
            return BillingSettings.DefaultReconcileAt;
        if (text.Equals("off", StringComparison.OrdinalIgnoreCase))
            return null;
        if (TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at))
            return at.ToTimeSpan();
        Problem("Stripe__ReconcileAt", $"is '{text}'", "use a time of day in UTC from 00:00 to 23:59, such as 03:30, or off");
        return BillingSettings.DefaultReconcileAt;
    }

    private string? ReadBaseUrl()
    {
        var text = Text("OPENAI_BASE_URL");
        if (text is not null && !(Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"))
            Problem("OPENAI_BASE_URL", $"is '{text}'", "use an absolute http or https address, such as https://api.openai.com/v1");
        return text;
    }

    private string FindConfigFolder()
    {
        foreach (var folder in new[] { Path.GetFullPath("config"), Path.Combine(AppContext.BaseDirectory, "config") })
            if (File.Exists(Path.Combine(folder, "routes.json")))
                return folder;
        Problem("config/routes.json", "is neither in the working directory nor beside the program", "start where config/ is");
        return Path.GetFullPath("config");
    }

    private long Number(string key, long fallback, long min, long max)
    {
        if (Text(key) is not { } text)
            return fallback;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max)
            return value;
        Problem(key.Replace(":", "__", StringComparison.Ordinal), $"is '{text}'", $"use a whole number from {min} to {max}");
        return fallback;
    }

    private bool Flag(string key, bool fallback)
    {
        if (Text(key) is not { } text)
            return fallback;
        if (bool.TryParse(text, out var value))
            return value;
        Problem(key.Replace(":", "__", StringComparison.Ordinal), $"is '{text}'", "use true or false");
        return fallback;
    }

    private string? Text(string key) => configuration[key] is { } text && text.Trim().Length > 0 ? text.Trim() : null;

    private void Problem(string key, string wrong, string fix) => _problems.Add($"{key} {wrong}: {fix}.");
}
