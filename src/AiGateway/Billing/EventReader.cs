using System.Text.Json;
using Stripe;

namespace AiGateway.Billing;

/// <summary>From a stored body to Stripe's own types.</summary>
internal static class EventReader
{
    /// <returns>The event, or why it cannot be read.</returns>
    public static (Event? Event, string? Problem) Read(string payload)
    {
        try
        {
            var parsed = EventUtility.ConstructEventWithoutVerification(payload, throwOnApiVersionMismatch: false);
            if (parsed.ApiVersion is not { } version)
                return (null, "it names no api_version");
            if (!EventUtility.IsCompatibleApiVersion(version))
                return (null, $"it was made for API version {version}; `agw stripe setup` makes an endpoint for {StripeConfiguration.ApiVersion}");
            return parsed.Data?.Object is null ? (null, "it has no object") : (parsed, null);
        }
        catch (Exception wrong) when (wrong is StripeException or JsonException or ArgumentException or FormatException or NullReferenceException
            or InvalidOperationException or OverflowException or InvalidCastException or KeyNotFoundException)
        {
            return (null, $"it cannot be read ({wrong.GetType().Name})");
        }
    }
}
