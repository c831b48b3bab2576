using System.Text;
using AiGateway.Usage;

namespace AiGateway.Tests.Usage;

/// <summary>Strings of many megabytes go by without being kept, and nothing behind or in front of them is lost.</summary>
public sealed class LongStringTests
{
    private const string Usage = "\"usage\":{\"input_tokens\":11,\"output_tokens\":6240,\"total_tokens\":6251}";

    [Theory]
    [InlineData(1)]
    [InlineData(7_919)]
    [InlineData(65_536)]
    public void A_long_string_counts_all_its_bytes_however_it_is_cut_and_escaped(int pieceSize)
    {
        var text = string.Concat(Enumerable.Repeat("ab\\n\\u00e4\\ud83d\\ude00\\\"ä", 20_000));
        var body = Encoding.UTF8.GetBytes($$$"""{"model":"m","choices":[{"message":{"content":"{{{text}}}"}},{"message":{"content":"xyz"}}],"usage":null}""");
        Assert.Equal((20_000 * 12) + 3, Answers.Read(UsageFormat.OpenAiChat, AnswerFraming.Json, body, pieceSize).OutputTextBytes);
        byte[] stream = [.. "data: "u8, .. body, .. "\n\ndata: [DONE]\n\n"u8];
        var report = Answers.Read(UsageFormat.OpenAiChat, AnswerFraming.EventStream, stream, pieceSize);
        Assert.Equal(((20_000 * 12) + 3, "m", true), (report.OutputTextBytes, report.Model, report.IsComplete));
    }

    [Fact]
    public void Thirty_megabytes_of_picture_are_read_in_little_memory()
    {
        var reader = AnswerReader.For(UsageFormat.OpenAiImages, AnswerFraming.Json);
        var stream = AnswerReader.For(UsageFormat.OpenAiImages, AnswerFraming.EventStream);
        var piece = Enumerable.Repeat((byte)'A', 16 * 1024).ToArray();
        reader.Read("{\"data\":[{\"b64_json\":\""u8);
        stream.Read("data: {\"type\":\"image_generation.completed\",\"b64_json\":\""u8);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var sent = 0; sent < 30 * 1024 * 1024; sent += piece.Length)
        {
            reader.Read(piece);
            stream.Read(piece);
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        reader.Read(Encoding.UTF8.GetBytes("\"}]," + Usage + "}"));
        stream.Read(Encoding.UTF8.GetBytes("\"," + Usage + "}\n\n"));
        reader.Complete();
        stream.Complete();
        Assert.Equal((6240L, 1L), (reader.Report.Tokens?.Output, reader.Report.Images));
        Assert.Equal((6240L, 1L), (stream.Report.Tokens?.Output, stream.Report.Images));
        Assert.True(allocated < 2 * 1024 * 1024, $"{allocated} bytes were allocated");
    }
}
