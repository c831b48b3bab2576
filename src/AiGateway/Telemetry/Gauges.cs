using System.Diagnostics.Metrics;

namespace AiGateway.Telemetry;

/// <summary>What is looked up when somebody asks for the metrics. Reading one must cost nothing: no query, no lock, no list.</summary>
internal sealed class Gauges : IDisposable
{
    private readonly Meter _meter = new(Names.Gateway);

    public Gauges Show(string name, string? unit, string description, Func<long> read)
    {
        _meter.CreateObservableGauge(name, read, unit, description);
        return this;
    }

    /// <summary>Totals that something else counts already.</summary>
    public Gauges Count(string name, string description, Func<IEnumerable<Measurement<long>>> read)
    {
        _meter.CreateObservableCounter(name, read, unit: null, description);
        return this;
    }

    public void Dispose() => _meter.Dispose();
}
