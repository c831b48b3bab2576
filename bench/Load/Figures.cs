using System.Globalization;

namespace Load;

/// <summary>Samples in milliseconds, and what is said of them.</summary>
internal sealed class Figures
{
    private readonly List<double> _samples = [];

    public void Add(double milliseconds)
    {
        lock (_samples)
            _samples.Add(milliseconds);
    }

    /// <param name="percent">0 to 100.</param>
    public double At(double percent)
    {
        lock (_samples)
        {
            _samples.Sort();
            return _samples.Count == 0 ? 0 : _samples[Math.Min(_samples.Count - 1, (int)(_samples.Count * percent / 100))];
        }
    }

    public static string Line(params ReadOnlySpan<double> figures)
    {
        var texts = new List<string> { "FIGURES" };
        foreach (var figure in figures)
            texts.Add(figure.ToString("0.###", CultureInfo.InvariantCulture));
        return string.Join(' ', texts);
    }
}
