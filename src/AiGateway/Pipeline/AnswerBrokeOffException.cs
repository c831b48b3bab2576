namespace AiGateway.Pipeline;

/// <summary>
/// The provider's answer broke off after it had begun to reach its caller. No error of ours: it goes up to the server, which closes the connection
/// behind what was passed on, as the provider did.
/// </summary>
internal sealed class AnswerBrokeOffException() : Exception("The provider's answer broke off.");
