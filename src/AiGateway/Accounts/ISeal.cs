namespace AiGateway.Accounts;

/// <summary>Seals texts that go out and come back: nobody reads or changes them in between, on whichever node they were sealed.</summary>
internal interface ISeal
{
    string Seal(string text);

    /// <returns>Null: no seal of ours, or a broken one.</returns>
    string? Open(string sealedText);
}
