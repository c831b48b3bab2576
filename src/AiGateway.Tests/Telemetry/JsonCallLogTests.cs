using System.Text;
using System.Text.Json;
using AiGateway.Telemetry;

namespace AiGateway.Tests.Telemetry;

public sealed class JsonCallLogTests
{
    [Fact]
    public async Task Every_line_is_out_by_the_end_and_is_one_json_object()
    {
        var output = new MemoryStream();
        await using (var log = new JsonCallLog(TimeProvider.System, output))
            for (var i = 0; i < 5_000; i++)
                log.Write(Line($"req_{i}", "anna"));
        var lines = Lines(output);
        Assert.Equal(Enumerable.Range(0, 5_000).Select(i => $"req_{i}"), lines.Select(line => line.GetProperty("request_id").GetString()));
    }

    [Fact]
    public async Task What_callers_name_cannot_forge_a_line()
    {
        var output = new MemoryStream();
        await using (var log = new JsonCallLog(TimeProvider.System, output))
            log.Write(Line("req_1", "anna\n{\"@m\":\"forged\"}") with { Model = "m\r\nFORGED" });
        var line = Assert.Single(Lines(output));
        Assert.Equal("anna\n{\"@m\":\"forged\"}", line.GetProperty("user").GetString());
    }

    private static CallLine Line(string id, string user) =>
        new(new DateTimeOffset(2027, 1, 2, 3, 4, 5, TimeSpan.Zero), "POST", "/v1/chat/completions", 200, user, "chat", "gpt-4o", "settled", 100, 29, "reported", 12, id);

    private static List<JsonElement> Lines(MemoryStream output) =>
        [.. Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))];
}
