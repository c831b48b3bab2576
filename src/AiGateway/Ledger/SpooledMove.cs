using System.Text.Json;
using System.Text.Json.Serialization;

namespace AiGateway.Ledger;

/// <summary>A move that must not be lost, as it is kept on disk. Each is recognised by the ledger when it comes twice: by its hold, or by its source key.</summary>
internal sealed record SpooledMove
{
    private static readonly JsonSerializerOptions Form = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public required SpooledKind Kind { get; init; }
    public HoldId? Hold { get; init; }
    public Charge? Charge { get; init; }
    public IReadOnlyList<ObjectNote>? Objects { get; init; }
    public ExternalUsage? Use { get; init; }

    /// <returns>Null: such a move is repeated by whoever asked for it.</returns>
    public static SpooledMove? Of(LedgerCommand command) => command switch
    {
        SettleCommand c => new SpooledMove { Kind = SpooledKind.Settle, Hold = c.Id, Charge = c.Charge, Objects = c.Notes },
        ReleaseCommand c => new SpooledMove { Kind = SpooledKind.Release, Hold = c.Id, Objects = c.Notes },
        DeferCommand c => new SpooledMove { Kind = SpooledKind.Defer, Hold = c.Id, Objects = c.Notes },
        ChargeExternalCommand c => new SpooledMove { Kind = SpooledKind.External, Use = c.Use },
        _ => null,
    };

    /// <exception cref="JsonException">It lacks what its kind needs.</exception>
    public LedgerCommand ToCommand() => (Kind, Hold) switch
    {
        (SpooledKind.Settle, { } hold) when Charge is not null => new SettleCommand(hold, Charge, Objects),
        (SpooledKind.Release, { } hold) => new ReleaseCommand(hold, Objects),
        (SpooledKind.Defer, { } hold) => new DeferCommand(hold, Objects ?? []),
        (SpooledKind.External, _) when Use is not null => new ChargeExternalCommand(Use),
        _ => throw new JsonException($"A {Kind} lacks its parts."),
    };

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Form);

    /// <exception cref="JsonException"/>
    public static SpooledMove FromJson(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize<SpooledMove>(json, Form) ?? throw new JsonException("It is null.");

    public override string ToString() => $"{Kind} {Hold?.RequestId ?? Use?.SourceKey}";
}

internal enum SpooledKind { Settle, Release, Defer, External }
