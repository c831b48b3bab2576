using System.Buffers.Binary;
using System.Text.Json.Nodes;

namespace AiGateway.Demo;

/// <summary>POST /v1/audio/speech: silence that a player plays, as long as the text. No usage, except in the event form's last event.</summary>
internal static class DemoSpeech
{
    // An mp3 frame of 128 kbit/s at 44.1 kHz has 417 bytes; after its header, zeros are silence.
    private const int FrameBytes = 417;
    private static ReadOnlySpan<byte> FrameHeader => [0xff, 0xfb, 0x90, 0x00];
    // A frame is 26 ms, a spoken character about 60.
    private const int FramesPerCharacter = 2;
    private const int SampleRate = 24_000, SamplesPerCharacter = 1_440;
    // The real limit on the input; also what bounds the answer's size here.
    private const int MostCharacters = 4096;
    private const int DeltaBytes = 8 * FrameBytes;

    public static Task AnswerAsync(DemoCall call)
    {
        var input = DemoJson.Text(call.Body["input"]);
        if (call.Model.Length == 0)
            return call.RefuseAsync(DemoErrors.NoModel);
        if (input.Length == 0)
            return call.RefuseAsync(DemoErrors.Missing("input"));
        if (input.Length > MostCharacters)
            return call.RefuseAsync(DemoErrors.WrongValue("input", $"Invalid 'input': string too long. Expected a string with maximum length {MostCharacters}."));
        if (DemoJson.Text(call.Body["stream_format"]) == "sse")
            return call.StreamAsync(Events(call, input));
        return DemoJson.Text(call.Body["response_format"]) switch
        {
            "" or "mp3" => call.SendAsync("audio/mpeg", Mp3(input.Length)),
            "wav" => call.SendAsync("audio/wav", Wav(input.Length)),
            "pcm" => call.SendAsync("audio/pcm", new byte[input.Length * SamplesPerCharacter * sizeof(short)]),
            _ => call.RefuseAsync(DemoErrors.WrongValue("response_format", "The demo provider speaks mp3, wav and pcm.")),
        };
    }

    private static List<string> Events(DemoCall call, string input)
    {
        var events = Mp3(input.Length).Chunk(DeltaBytes)
            .Select(part => Event(new JsonObject { ["type"] = "speech.audio.delta", ["audio"] = Convert.ToBase64String(part) })).ToList();
        var done = new JsonObject { ["type"] = "speech.audio.done" };
        var (heard, spoken) = (DemoText.Count(input), (long)input.Length * FramesPerCharacter);
        if (call.TellsUsage)
            done["usage"] = new JsonObject { ["input_tokens"] = heard, ["output_tokens"] = spoken, ["total_tokens"] = heard + spoken };
        events.Add(Event(done));
        events.Add("data: [DONE]\r\n\r\n");
        return events;
    }

    private static string Event(JsonObject body) => $"data: {DemoJson.Compact(body)}\r\n\r\n";

    private static byte[] Mp3(int characters)
    {
        var sound = new byte[characters * FramesPerCharacter * FrameBytes];
        for (var at = 0; at < sound.Length; at += FrameBytes)
            FrameHeader.CopyTo(sound.AsSpan(at));
        return sound;
    }

    private static byte[] Wav(int characters)
    {
        const int header = 44;
        var data = characters * SamplesPerCharacter * sizeof(short);
        var sound = new byte[header + data];
        "RIFF"u8.CopyTo(sound);
        BinaryPrimitives.WriteInt32LittleEndian(sound.AsSpan(4), header - 8 + data);
        "WAVEfmt "u8.CopyTo(sound.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(sound.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(sound.AsSpan(20), 1);
        BinaryPrimitives.WriteInt16LittleEndian(sound.AsSpan(22), 1);
        BinaryPrimitives.WriteInt32LittleEndian(sound.AsSpan(24), SampleRate);
        BinaryPrimitives.WriteInt32LittleEndian(sound.AsSpan(28), SampleRate * sizeof(short));
        BinaryPrimitives.WriteInt16LittleEndian(sound.AsSpan(32), sizeof(short));
        BinaryPrimitives.WriteInt16LittleEndian(sound.AsSpan(34), 16);
        "data"u8.CopyTo(sound.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(sound.AsSpan(40), data);
        return sound;
    }
}
