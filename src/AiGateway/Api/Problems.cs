namespace AiGateway.Api;

/// <summary>What our own surface answers when it says no: problem details with a code that programs can read.</summary>
internal static class Problems
{
    public static IResult Invalid(string detail) => Of(400, "invalid_request", detail);
    public static IResult Unauthorized(string detail) => Of(401, "invalid_api_key", detail);
    public static IResult Forbidden(string code, string detail) => Of(403, code, detail);
    public static IResult NotFound(string detail) => Of(404, "not_found", detail);
    public static IResult Conflict(string code, string detail) => Of(409, code, detail);
    public static IResult Unavailable() => Of(503, "ledger_unavailable", "The ledger is unavailable. Nothing was changed.");

    public static IResult CheckoutUnavailable() => Of(503, "checkout_unavailable", "The checkout cannot be reached. Nothing was bought.");

    public static IResult IssuerUnavailable() => Of(503, "issuer_unavailable", "The issuer of access tokens cannot be reached, so no token can be checked. API keys work.");

    private static IResult Of(int status, string code, string detail) =>
        Results.Problem(detail, statusCode: status, title: code.Replace('_', ' '), extensions: new Dictionary<string, object?> { ["code"] = code });
}
