using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using AiGateway.Insights;

namespace AiGateway.Hosting;

/// <summary>OpenAI's cost report of the organization, read with its admin key and kept for an hour: the report itself lags by some.</summary>
internal sealed class ProviderCosts : IProviderCosts, IDisposable
{
    private const string DefaultBase = "https://api.openai.com/v1";

    /// <summary>Buckets of a day that one page may have, and pages that are read: five years.</summary>
    private const int DaysAPage = 180, MostPages = 10;

    private const int MostRemembered = 100;

    private static readonly TimeSpan KeptFor = TimeSpan.FromHours(1), Patience = TimeSpan.FromSeconds(15);

    private readonly GatewaySettings _settings;
    private readonly TimeProvider _time;
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Patience, MaxResponseContentBufferSize = 16 << 20 };
    private readonly ConcurrentDictionary<(DateTime, DateTime), (decimal Usd, DateTimeOffset At)> _kept = new();

    public ProviderCosts(GatewaySettings settings, TimeProvider time) => (_settings, _time) = (settings, time);

    public bool IsOff => _settings.OpenAiAdminKey is null;

    public async Task<(decimal? Usd, string? Why)> ReadAsync(DateTime from, DateTime to, CancellationToken cancel)
    {
        var now = _time.GetUtcNow();
        if (_kept.TryGetValue((from, to), out var kept) && now - kept.At < KeptFor)
            return (kept.Usd, null);
        try
        {
            var usd = await SumAsync(from, to, cancel);
            if (_kept.Count >= MostRemembered)
                _kept.Clear();
            _kept[(from, to)] = (usd, now);
            return (usd, null);
        }
        catch (Exception failed) when (failed is HttpRequestException or JsonException or InvalidOperationException or FormatException or KeyNotFoundException
            || (failed is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return (null, $"the provider's report could not be read: {failed.Message}");
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<decimal> SumAsync(DateTime from, DateTime to, CancellationToken cancel)
    {
        var sum = 0m;
        string? page = null;
        for (var pages = 0; pages < MostPages; pages++)
        {
            using var report = await PageAsync(from, to, page, cancel);
            foreach (var bucket in report.RootElement.GetProperty("data").EnumerateArray())
                foreach (var result in bucket.GetProperty("results").EnumerateArray())
                    sum += Usd(result.GetProperty("amount"));
            if (!report.RootElement.TryGetProperty("has_more", out var more) || more.ValueKind != JsonValueKind.True)
                return sum;
            page = report.RootElement.GetProperty("next_page").GetString();
        }
        throw new InvalidOperationException("it has more pages than are read.");
    }

    private async Task<JsonDocument> PageAsync(DateTime from, DateTime to, string? page, CancellationToken cancel)
    {
        var address = string.Create(CultureInfo.InvariantCulture,
            $"{(_settings.OpenAiBaseUrl ?? DefaultBase).TrimEnd('/')}/organization/costs?start_time={Seconds(from)}&end_time={Seconds(to)}&bucket_width=1d&limit={DaysAPage}");
        using var request = new HttpRequestMessage(HttpMethod.Get, page is null ? address : $"{address}&page={Uri.EscapeDataString(page)}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _settings.OpenAiAdminKey);
        using var answer = await _http.SendAsync(request, cancel);
        answer.EnsureSuccessStatusCode();
        return await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync(cancel), cancellationToken: cancel);
    }

    private static decimal Usd(JsonElement amount) =>
        amount.GetProperty("currency").GetString() is "usd"
            ? amount.GetProperty("value") is { ValueKind: JsonValueKind.String } text ? decimal.Parse(text.GetString() ?? "", NumberStyles.Float, CultureInfo.InvariantCulture)
                : decimal.Parse(amount.GetProperty("value").GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException("its amounts are not in USD.");

    private static long Seconds(DateTime day) => new DateTimeOffset(day, TimeSpan.Zero).ToUnixTimeSeconds();
}
