using System.Text.Json.Nodes;

namespace AiGateway.Demo;

/// <summary>One refusal in OpenAI's shape: <c>{"error":{"message","type","param","code"}}</c>.</summary>
internal sealed record DemoError(int Status, string Message, string Type, string? Param, string? Code);

internal static class DemoErrors
{
    private const string Invalid = "invalid_request_error";

    // As much of a wrong key as the real provider echoes: enough to recognise it, too little to use it.
    private const int EchoedHead = 8, EchoedTail = 4;

    public static DemoError WrongKey(string? given) => given is null
        ? new(401, "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).", Invalid, null, null)
        : new(401, $"Incorrect API key provided: {Masked(given)}. You can find your API key at https://platform.openai.com/account/api-keys.", Invalid, null, "invalid_api_key");

    public static DemoError NotJson { get; } = new(400, "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.)", Invalid, null, null);

    public static DemoError NotAForm { get; } = new(400, "Could not parse multipart form", Invalid, null, null);

    public static DemoError NoModel { get; } = new(400, "you must provide a model parameter", Invalid, null, null);

    public static DemoError Missing(string param) => new(400, $"Missing required parameter: '{param}'.", Invalid, param, "missing_required_parameter");

    public static DemoError WrongValue(string param, string message) => new(400, message, Invalid, param, "invalid_value");

    public static DemoError BelowMinimum(string param, long value) =>
        new(400, $"Invalid '{param}': integer below minimum value. Expected a value >= 1, but got {value} instead.", Invalid, param, "integer_below_min_value");

    public static DemoError AboveMaximum(string param, long value, long most) =>
        new(400, $"Invalid '{param}': integer above maximum value. Expected a value <= {most}, but got {value} instead.", Invalid, param, "integer_above_max_value");

    public static DemoError NotAnInteger(string param) =>
        new(400, $"Invalid type for '{param}': expected an integer.", Invalid, param, "invalid_type");

    public static DemoError UnknownUrl(string method, string path) => new(404, $"Invalid URL ({method} {path})", Invalid, null, null);

    public static DemoError RateLimited { get; } = new(429, "Rate limit reached for demo-429 in organization demo on requests per min (RPM): Limit 3, Used 3, Requested 1. Please try again in 20s. Visit https://platform.openai.com/account/rate-limits to learn more.", "requests", null, "rate_limit_exceeded");

    public static DemoError Broken { get; } = new(500, "The server had an error while processing your request. Sorry about that!", "server_error", null, null);

    public static Task WriteAsync(HttpContext http, DemoError error)
    {
        http.Response.StatusCode = error.Status;
        http.Response.ContentType = "application/json; charset=utf-8";
        return http.Response.Body.WriteAsync(DemoJson.Indented(new JsonObject
        {
            ["error"] = new JsonObject { ["message"] = error.Message, ["type"] = error.Type, ["param"] = error.Param, ["code"] = error.Code },
        }), http.RequestAborted).AsTask();
    }

    private static string Masked(string key) => key.Length <= EchoedHead + EchoedTail
        ? new string('*', key.Length)
        : key[..EchoedHead] + new string('*', key.Length - EchoedHead - EchoedTail) + key[^EchoedTail..];
}
