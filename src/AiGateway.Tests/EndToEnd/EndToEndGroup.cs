namespace AiGateway.Tests.EndToEnd;

/// <summary>Tests that start gateway processes run one after another: side by side they would only measure each other's load.</summary>
[CollectionDefinition(Name)]
public sealed class EndToEndGroup
{
    public const string Name = "End to end";
}
