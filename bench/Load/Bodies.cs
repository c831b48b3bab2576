using System.Text;

namespace Load;

/// <summary>Requests of the bench: the words in brackets tell the fake provider what to do.</summary>
internal static class Bodies
{
    private const string Sentence = "Break the work into steps, say what each one needs, and name the first of them. ";

    public static byte[] Chat(string words, bool stream, string more = "") => Encoding.UTF8.GetBytes(
        $$"""{"model":"gpt-4o-mini","messages":[{"role":"system","content":"You plan work."},{"role":"user","content":"{{words}}"}],"max_completion_tokens":500,"temperature":0.2{{(stream ? ",\"stream\":true" : "")}}{{more}}}""");

    /// <summary>About 2 KB, as the closed loop's.</summary>
    public static byte[] Plain(bool stream) => Chat(string.Concat(Enumerable.Repeat(Sentence, 23)), stream);

    public static HttpRequestMessage Post(Uri url, byte[] body) => new(HttpMethod.Post, url) { Content = new ByteArrayContent(body) { Headers = { { "Content-Type", "application/json" } } } };
}
