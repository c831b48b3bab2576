using AiGateway.Pages.Admin;

namespace AiGateway.Pages.Texts;

/// <summary>/admin/connect.</summary>
internal static class ConnectTexts
{
    public const string Title = "Connect an app";
    public const string Lead = "Point any OpenAI client at this address, and give it a key of this gateway's. Nothing else changes.";
    public const string BaseUrl = "Base URL";
    public const string Headers = "An app key names its user on each call, in the header X-AiGateway-User; a user key needs none. X-AiGateway-Action says what the call is for.";

    public const string Test = "Send a test call";
    public const string TestLead = "It takes the way of every call: it is held, goes to the provider, and is charged to the user. The key for it is made now and revoked afterwards.";
    public const string Message = "Message";
    public const string Hello = "Say hello in five words.";
    public const string Send = "Send test call";
    public const string BadForm = "Name a user, a model and a message. Nothing was sent.";
    public const string ToRequest = "From hold to charge";
    public const string KeyName = "test call";

    public static string Answered(int status, long milliseconds) => status == 0 ? "No answer." : $"{status} after {Formats.Tokens(milliseconds)} ms.";

    public static string Charged(TestResult result) => result.TokensUsed is { } used ? $"{used} tokens used, {result.TokensRemaining} remaining." : "Nothing was charged.";

    public static string NoAnswer(string why) => $"This gateway could not reach itself: {why}";

    /// <returns>Id, title and code of each.</returns>
    public static IEnumerable<(string Id, string Title, string Code)> Examples(string origin)
    {
        yield return ("curl", "curl",
            $$"""
            curl {{origin}}/v1/chat/completions \
              -H "Authorization: Bearer $AIGATEWAY_KEY" \
              -H "X-AiGateway-User: user-1" \
              -H "Content-Type: application/json" \
              -d '{"model": "gpt-4o-mini",
                   "messages": [{"role": "user", "content": "Say hello."}]}'
            """);
        yield return ("python", "Python",
            $"""
            # pip install openai
            import os
            from openai import OpenAI

            client = OpenAI(base_url="{origin}/v1",
                            api_key=os.environ["AIGATEWAY_KEY"])
            answer = client.chat.completions.create(
                model="gpt-4o-mini",
                messages=[dict(role="user", content="Say hello.")],
                extra_headers=dict([("X-AiGateway-User", "user-1")]))
            print(answer.choices[0].message.content)
            """);
        yield return ("node", "Node.js",
            $$"""
            // npm install openai
            import OpenAI from "openai";

            const client = new OpenAI({
              baseURL: "{{origin}}/v1",
              apiKey: process.env.AIGATEWAY_KEY,
            });
            const answer = await client.chat.completions.create(
              { model: "gpt-4o-mini",
                messages: [{ role: "user", content: "Say hello." }] },
              { headers: { "X-AiGateway-User": "user-1" } });
            console.log(answer.choices[0].message.content);
            """);
        yield return ("dotnet", ".NET",
            $$"""
            // dotnet add package OpenAI
            using System.ClientModel;
            using System.ClientModel.Primitives;
            using OpenAI;
            using OpenAI.Chat;

            var options = new OpenAIClientOptions { Endpoint = new Uri("{{origin}}/v1") };
            options.AddPolicy(new UserHeader("user-1"), PipelinePosition.PerCall);
            var key = Environment.GetEnvironmentVariable("AIGATEWAY_KEY");
            var chat = new ChatClient("gpt-4o-mini", new ApiKeyCredential(key!), options);
            Console.WriteLine(chat.CompleteChat("Say hello.").Value.Content[0].Text);

            class UserHeader(string user) : PipelinePolicy
            {
                public override void Process(PipelineMessage message,
                    IReadOnlyList<PipelinePolicy> pipeline, int index)
                {
                    message.Request.Headers.Set("X-AiGateway-User", user);
                    ProcessNext(message, pipeline, index);
                }

                public override ValueTask ProcessAsync(PipelineMessage message,
                    IReadOnlyList<PipelinePolicy> pipeline, int index)
                {
                    message.Request.Headers.Set("X-AiGateway-User", user);
                    return ProcessNextAsync(message, pipeline, index);
                }
            }
            """);
    }
}
