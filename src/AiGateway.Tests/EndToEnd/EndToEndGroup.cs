namespace AiGateway.Tests.EndToEnd;

/// <summary>Tests that start gateway processes run one after another: side by side they would only measure each other's load.</summary>
[CollectionDefinition(Name)]
public sealed class EndToEndGroup
{
    public const string Name = "End to end";
}

/// <summary>Those that start processes too, and spend their time waiting for a browser, for other programs or for the product's own clocks: a second row beside the first.</summary>
[CollectionDefinition(Name)]
public sealed class PatientGroup
{
    public const string Name = "End to end, patient";
}
