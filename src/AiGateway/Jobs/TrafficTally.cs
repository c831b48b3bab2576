using System.Data.Common;
using System.Diagnostics.Metrics;
using AiGateway.Storage;
using AiGateway.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AiGateway.Jobs;

/// <summary>
/// Counts refusals by code for the operator's page, over all nodes: it listens to the same instrument that is exported and adds what it
/// heard to the day's row every few seconds. No call waits for it.
/// </summary>
internal sealed class TrafficTally(Connections database, TimeProvider time, ILogger<TrafficTally> log) : BackgroundService
{
    public static readonly TimeSpan Step = TimeSpan.FromSeconds(5);

    private const string Refusal = "refusal", Code = "code";
    private const int LongestCode = 64;

    private readonly Lock _counting = new();
    private Dictionary<string, long> _counts = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var listener = Listen();
        using var timer = new PeriodicTimer(Step, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await WriteAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What was heard since the last step is still written.
            await WriteAsync(CancellationToken.None);
        }
    }

    internal MeterListener Listen()
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (ReferenceEquals(instrument, Instruments.Refusals))
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, count, tags, _) => Hear(count, tags));
        listener.Start();
        return listener;
    }

    /// <summary>Adds what was heard to today's rows; what cannot be written is kept for the next step.</summary>
    internal async Task WriteAsync(CancellationToken cancel)
    {
        Dictionary<string, long> heard;
        lock (_counting)
            (heard, _counts) = (_counts, new Dictionary<string, long>(StringComparer.Ordinal));
        var day = (int)(time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalDays;
        foreach (var (code, count) in heard)
        {
            try
            {
                await AddAsync(day, code, count, cancel);
            }
            catch (Exception failed) when (failed is DbException or OperationCanceledException)
            {
                log.LogDebug(failed, "Refusals are counted later");
                Count(code, count);
            }
        }
    }

    private void Hear(long count, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var (name, value) in tags)
            if (name == Code && value is string code)
                Count(code.Length > LongestCode ? code[..LongestCode] : code, count);
    }

    private void Count(string code, long count)
    {
        lock (_counting)
            _counts[code] = _counts.GetValueOrDefault(code) + count;
    }

    private async Task AddAsync(int day, string code, long count, CancellationToken cancel)
    {
        (string, object?)[] values = [("@day", day), ("@kind", Refusal), ("@code", code), ("@count", count)];
        const string add = "UPDATE traffic_daily SET count = count + @count WHERE day = @day AND kind = @kind AND code = @code";
        if (await RunAsync(add, values, cancel) > 0)
            return;
        try
        {
            await RunAsync("INSERT INTO traffic_daily (day, kind, code, count) VALUES (@day, @kind, @code, @count)", values, cancel);
        }
        catch (DbException)
        {
            // Another node may have made the row since: then it is there to be added to. Else the failure stands.
            if (await RunAsync(add, values, cancel) == 0)
                throw;
        }
    }

    private async Task<int> RunAsync(string sql, (string, object?)[] values, CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        await using var command = connection.Statement(sql, values);
        return await command.ExecuteNonQueryAsync(cancel);
    }
}
