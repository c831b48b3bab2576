using System.Globalization;
using System.Text.Json;

namespace AiGateway.Tests.Support;

/// <summary>Short forms for looking at an answer.</summary>
internal static class Answers
{
    public static string? Header(this HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? string.Join(",", values) : null;

    /// <summary>The gateway's own number for this call; every answer has one.</summary>
    public static string RequestId(this HttpResponseMessage answer)
    {
        var id = answer.Header("X-AiGateway-Request-Id");
        Assert.False(string.IsNullOrEmpty(id), "The answer has no X-AiGateway-Request-Id.");
        return id ?? "";
    }

    public static long Number(this HttpResponseMessage answer, string name)
    {
        var text = answer.Header(name);
        Assert.True(long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number), $"{name} is '{text}', no whole number.");
        return number;
    }

    public static Task<byte[]> BytesAsync(this HttpResponseMessage answer) => answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);

    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage answer)
    {
        using var document = JsonDocument.Parse(await answer.BytesAsync());
        return document.RootElement.Clone();
    }

    /// <summary>Checks a refusal's status and code, and that the four members official clients rely on are strings or null.</summary>
    /// <returns>The error object.</returns>
    public static async Task<JsonElement> RefusedAsync(this HttpResponseMessage answer, int status, string code)
    {
        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(status == (int)answer.StatusCode, $"Expected {status} {code}, got {(int)answer.StatusCode}: {body}");
        using var document = JsonDocument.Parse(body);
        var error = document.RootElement.GetProperty("error").Clone();
        Assert.Equal(code, error.GetProperty("code").GetString());
        foreach (var name in new[] { "message", "type", "param", "code" })
            Assert.True(error.GetProperty(name).ValueKind is JsonValueKind.String or JsonValueKind.Null, $"{name} is {error.GetProperty(name)}");
        answer.RequestId();
        return error;
    }
}
