using System.Text.Json;
using System.Text.Json.Nodes;
using AiGateway.Hosting.Commands;
using NJsonSchema;

namespace AiGateway.Tests.ConfigFiles;

/// <summary>The schemas that editors use, held against the code that reads the files.</summary>
public sealed class SchemaTests
{
    public static TheoryData<string> Files => ["plans", "prices", "routes"];

    [Theory]
    [MemberData(nameof(Files))]
    public void The_shipped_schema_is_what_the_readers_know(string file) =>
        Assert.Equal(SchemaVerbs.Schemas[$"{file}.schema.json"](), File.ReadAllText(Shipped.Path($"schemas/{file}.schema.json")).ReplaceLineEndings("\n"));

    [Theory]
    [MemberData(nameof(Files))]
    public async Task The_shipped_file_is_valid_and_names_its_schema(string file)
    {
        var text = File.ReadAllText(Shipped.Path($"{file}.json"));
        Assert.Contains($"\"$schema\": \"./schemas/{file}.schema.json\"", text, StringComparison.Ordinal);
        Assert.Empty((await SchemaAsync(file)).Validate(Plain(text)));
    }

    [Theory]
    [InlineData("plans", "\"rule\": \"reset\"", "\"rule\": \"rest\"")]
    [InlineData("plans", "\"unit\": \"year\"", "\"unit\": \"years\"")]
    [InlineData("plans", "\"low_balance_threshold_percent\": 10", "\"low_balance_threshold_percent\": 110")]
    [InlineData("plans", "\"tokens\": 5000000", "\"token\": 5000000")]
    [InlineData("prices", "\"version\":", "\"versoin\":")]
    [InlineData("prices", "\"characters\": 30", "\"characters\": -30")]
    [InlineData("prices", "\"gpt-5\": { \"input\"", "\"gpt-5\": { \"inptu\"")]
    [InlineData("routes", "\"Metering.Kind\": \"openai.chat\"", "\"Metering.Kind\": \"openai.chats\"")]
    [InlineData("routes", "\"Metering.Action\": \"chat\"", "\"Metering.Acton\": \"chat\"")]
    [InlineData("routes", "\"env:OPENAI_API_KEY\"", "\"sk-literal\"")]
    [InlineData("routes", "\"Methods\": [\"POST\"]", "\"Method\": [\"POST\"]")]
    public async Task A_mistake_that_the_readers_refuse_is_one_for_the_editor_too(string file, string right, string wrong)
    {
        var text = File.ReadAllText(Shipped.Path($"{file}.json"));
        Assert.Contains(right, text, StringComparison.Ordinal);
        Assert.NotEmpty((await SchemaAsync(file)).Validate(Plain(text.Replace(right, wrong, StringComparison.Ordinal))));
    }

    /// <summary>Without comments, which the validator takes for the document.</summary>
    private static string Plain(string text) => JsonNode.Parse(text, documentOptions: new() { CommentHandling = JsonCommentHandling.Skip })?.ToJsonString() ?? "";

    private static Task<JsonSchema> SchemaAsync(string file) =>
        JsonSchema.FromJsonAsync(SchemaVerbs.Schemas[$"{file}.schema.json"](), TestContext.Current.CancellationToken);
}
