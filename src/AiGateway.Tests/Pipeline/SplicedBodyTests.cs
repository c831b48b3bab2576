using System.Text;
using AiGateway.Pipeline;
using AiGateway.Usage;

namespace AiGateway.Tests.Pipeline;

/// <summary>A body with stretches of it exchanged, in one piece and as a stream read in any steps.</summary>
public sealed class SplicedBodyTests
{
    private const string Body = "0123456789";

    public static TheoryData<string, string> Cases => new()
    {
        { "", "0123456789" },
        { "0+0:ab", "ab0123456789" },
        { "10+0:ab", "0123456789ab" },
        { "3+2:", "01256789" },
        { "3+2:abcdef", "012abcdef56789" },
        { "0+1:x|9+1:yz", "x12345678yz" },
        { "2+3:a|5+0:bcd|8+2:", "01abcd567" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task What_goes_up_is_the_body_with_the_splices_in_it(string splices, string expected)
    {
        var cancel = TestContext.Current.CancellationToken;
        using var body = await RequestBody.ReadAsync(new MemoryStream(Encoding.ASCII.GetBytes(Body)), Body.Length, cancel);
        Assert.NotNull(body);
        var parsed = splices.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(Parse).ToArray();
        Assert.Equal(expected, Encoding.ASCII.GetString(body.Copy(parsed)));
        foreach (var step in (int[])[1, 2, 3, 100])
        {
            await using var stream = body.Open(parsed);
            Assert.Equal(expected.Length, stream.Length);
            Assert.Equal((step, expected), (step, await ReadAsync(stream, step, cancel)));
        }
    }

    private static async Task<string> ReadAsync(Stream stream, int step, CancellationToken cancel)
    {
        var (all, buffer) = (new StringBuilder(), new byte[step]);
        int read;
        while ((read = await stream.ReadAsync(buffer, cancel)) > 0)
            all.Append(Encoding.ASCII.GetString(buffer, 0, read));
        return all.ToString();
    }

    private static Splice Parse(string text)
    {
        var (place, insert) = (text[..text.IndexOf(':')].Split('+'), text[(text.IndexOf(':') + 1)..]);
        return new Splice(int.Parse(place[0], System.Globalization.CultureInfo.InvariantCulture), int.Parse(place[1], System.Globalization.CultureInfo.InvariantCulture), Encoding.ASCII.GetBytes(insert));
    }
}
