using System.Globalization;

namespace AiGateway.Pages.Shared;

/// <summary>Where the bars of a chart stand, in the units of its drawing.</summary>
internal sealed class ChartScale
{
    public const int Width = 1000, Height = 200;

    /// <summary>Of a bar's place so much is gap, in percent.</summary>
    private const int Gap = 24;

    private readonly int _count;

    /// <param name="count">How many bars.</param>
    /// <param name="most">The highest value.</param>
    public ChartScale(int count, long most)
    {
        _count = Math.Max(count, 1);
        var step = Step(Math.Max(most, 4));
        Top = (most + step - 1) / step * step is var top and > 0 ? top : step * 4;
        Lines = [.. Enumerable.Range(0, (int)(Top / step) + 1).Select(at => Top - at * step)];
    }

    /// <summary>The value at the upper edge.</summary>
    public long Top { get; }

    /// <summary>Where a line is drawn, from the upper edge to zero.</summary>
    public IReadOnlyList<long> Lines { get; }

    public string X(int at) => Text(((decimal)at + Gap / 200m) * Width / _count);

    public string BarWidth => Text((100 - Gap) / 100m * Width / _count);

    public string Y(long value) => Text(Height - Tall(value));

    public string BarHeight(long value) => Text(Tall(value));

    private decimal Tall(long value) => (decimal)value * Height / Top;

    /// <summary>1, 2 or 5 and zeros: three to five lines on the way up.</summary>
    private static long Step(long most)
    {
        var unit = 1L;
        while (most / unit >= 50)
            unit *= 10;
        return most / unit >= 20 ? unit * 10 : most / unit >= 10 ? unit * 5 : most / unit >= 5 ? unit * 2 : unit;
    }

    private static string Text(decimal value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
