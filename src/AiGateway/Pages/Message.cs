namespace AiGateway.Pages;

/// <summary>A page that says one thing.</summary>
/// <param name="Link">Where to go next, with <paramref name="LinkText"/>; null: nowhere.</param>
internal sealed record Message(string Title, string Text, string? Link = null, string? LinkText = null);
