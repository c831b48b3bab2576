using Stripe;

namespace AiGateway.Billing;

/// <summary>Stripe cannot be reached, or refused: nothing was bought, and nothing of its answer is for the buyer.</summary>
internal sealed class CheckoutUnavailableException(Exception inner) : Exception("The checkout is unavailable.", inner)
{
    /// <summary>For the operator: what Stripe answered, in a word.</summary>
    public string Reason => InnerException is StripeException stripe
        ? $"Stripe answered HTTP {(int)stripe.HttpStatusCode} {stripe.StripeError?.Code ?? stripe.StripeError?.Type}" : "Stripe cannot be reached.";

    public static bool IsOf(Exception error) => error is StripeException or HttpRequestException or TaskCanceledException { InnerException: TimeoutException };
}
