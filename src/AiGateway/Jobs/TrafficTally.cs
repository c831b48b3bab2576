using System.Data.Common;
using System.Diagnostics.Metrics;
using AiGateway.Storage;
using AiGateway.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AiGateway.Jobs;

/// <summary>
/// Counts refusals and the provider's errors for the operator's page, over all nodes: it listens to the same instruments that are exported and adds what it
/// heard to the day's row every few seconds. No call waits for it.
/// </summary>
internal sealed class TrafficTally(Connections database, TimeProvider time, ILogger<TrafficTally> log) : BackgroundService
{
    public static readonly TimeSpan Step = TimeSpan.FromSeconds(5);

    private const string Refusal = "refusal", Error = "error", Code = "code";
    private const int LongestCode = 64;

    private readonly Lock _counting = new();
    private Dictionary<(string Kind, string Code), long> _counts = [];

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
                if (ReferenceEquals(instrument, Instruments.Refusals) || ReferenceEquals(instrument, Instruments.UpstreamErrors))
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, count, tags, _) => Hear(ReferenceEquals(instrument, Instruments.Refusals) ? Refusal : Error, count, tags));
        listener.Start();
        return listener;
    }

    /// <summary>Adds what was heard to today's rows; what cannot be written is kept for the next step.</summary>
    internal async Task WriteAsync(CancellationToken cancel)
    {
        Dictionary<(string Kind, string Code), long> heard;
        lock (_counting)
            (heard, _counts) = (_counts, []);
        var day = (int)(time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalDays;
        foreach (var (what, count) in heard)
        {
            try
            {
                await AddAsync(day, what, count, cancel);
            }
            catch (Exception failed) when (failed is DbException or OperationCanceledException)
            {
                log.LogDebug(failed, "Refusals and errors are counted later");
                Count(what, count);
            }
        }
    }

    private void Hear(string kind, long count, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var (name, value) in tags)
            if (name == Code && value is string code)
                Count((kind, code.Length > LongestCode ? code[..LongestCode] : code), count);
    }

    internal void Count((string Kind, string Code) what, long count)
    {
        lock (_counting)
            _counts[what] = _counts.GetValueOrDefault(what) + count;
    }

    private async Task AddAsync(int day, (string Kind, string Code) what, long count, CancellationToken cancel)
    {
        (string, object?)[] values = [("@day", day), ("@kind", what.Kind), ("@code", what.Code), ("@count", count)];
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
