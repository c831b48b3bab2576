using System.Net;
using System.Net.Sockets;
using AiGateway.Tests.ConfigFiles;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.EndToEnd;

/// <summary>A gateway whose chat route has two deployments: the first always comes first, the second takes over. Both are fake providers.</summary>
public sealed class TwoDeployments : IAsyncLifetime
{
    private RunningGateway? gateway;
    private FakeProvider? second;
    private int users;

    internal RunningGateway Gateway => gateway ?? throw new InvalidOperationException("Not started.");
    internal FakeProvider First => Gateway.Provider;
    internal FakeProvider Second => second ?? throw new InvalidOperationException("Not started.");

    /// <summary>The same two, with nothing listening at the first one's address.</summary>
    internal const string RefusedPath = "/refused/v1/chat/completions";

    /// <summary>The same two, by weight (3 to 1), with a circuit breaker that opens at the second failure.</summary>
    internal const string WeightedPath = "/weighted/v1/chat/completions";

    public async ValueTask InitializeAsync()
    {
        second = await FakeProvider.StartAsync();
        gateway = await RunningGateway.StartAsync(
            new Dictionary<string, string>(RunningGateway.WithoutHourlyLimit()) { ["KEY_A"] = "key-of-a", ["KEY_B"] = "key-of-b" },
            configure: started => Shipped.CopyTo(started.Folder, Routes(started.Provider.BaseUrl, second.BaseUrl)));
    }

    public async ValueTask DisposeAsync()
    {
        if (gateway is not null)
            await gateway.DisposeAsync();
        if (second is not null)
            await second.DisposeAsync();
    }

    internal async Task<(string User, CallerClient Caller)> NewCallerAsync()
    {
        var user = $"user-{Interlocked.Increment(ref users)}";
        return (user, Gateway.Caller(await Gateway.NewUserAsync(user, 1_000_000)));
    }

    private static string Routes(string first, string second) => $$"""
        {
          "ReverseProxy": {
            "Routes": {
              "chat": {
                "ClusterId": "pool", "Match": { "Path": "/v1/chat/completions", "Methods": ["POST"] }, "Transforms": [{ "PathRemovePrefix": "/v1" }],
                "Metadata": {
                  "Metering.Kind": "openai.chat", "Metering.Action": "chat",
                  "Metering.Aliases": "fast=gpt-4o-mini, other=elsewhere-1", "Metering.Models": "elsewhere-*=second-only"
                }
              },
              "transcription": {
                "ClusterId": "pool", "Match": { "Path": "/v1/audio/transcriptions", "Methods": ["POST"] }, "Transforms": [{ "PathRemovePrefix": "/v1" }],
                "Metadata": { "Metering.Kind": "openai.transcription", "Metering.Action": "audio", "Metering.Aliases": "hear=whisper-1" }
              },
              "moderations": {
                "ClusterId": "pool", "Match": { "Path": "/v1/moderations", "Methods": ["POST"] }, "Transforms": [{ "PathRemovePrefix": "/v1" }],
                "Metadata": { "Metering.Kind": "openai.moderations" }
              },
              "models": {
                "ClusterId": "pool", "Match": { "Path": "/v1/models", "Methods": ["GET"] }, "Transforms": [{ "PathRemovePrefix": "/v1" }],
                "Metadata": { "Metering.Kind": "none" }
              },
              "refused": {
                "ClusterId": "refused", "Match": { "Path": "/refused/v1/chat/completions", "Methods": ["POST"] }, "Transforms": [{ "PathRemovePrefix": "/refused/v1" }],
                "Metadata": { "Metering.Kind": "openai.chat", "Metering.Action": "chat" }
              },
              "weighted": {
                "ClusterId": "weighted", "Match": { "Path": "/weighted/v1/chat/completions", "Methods": ["POST"] }, "Transforms": [{ "PathRemovePrefix": "/weighted/v1" }],
                "Metadata": { "Metering.Kind": "openai.chat", "Metering.Action": "chat" }
              }
            },
            "Clusters": {
              "pool": {
                "LoadBalancingPolicy": "FirstAlphabetical",
                "Metadata": { "Upstream.ApiKey": "env:KEY_A", "Upstream.AnswerWithin": "00:00:00.5" },
                "Destinations": {
                  "a": { "Address": "{{first}}", "Metadata": { "Upstream.Header.OpenAI-Project": "proj_a" } },
                  "b": {
                    "Address": "{{second}}",
                    "Metadata": { "Upstream.ApiKey": "env:KEY_B", "Upstream.AuthHeader": "api-key", "Upstream.Model": "deployment-b" }
                  }
                }
              },
              "second-only": { "Destinations": { "b": { "Address": "{{second}}" } }, "Metadata": { "Upstream.ApiKey": "env:KEY_B" } },
              "refused": {
                "LoadBalancingPolicy": "FirstAlphabetical",
                "Destinations": { "a": { "Address": "http://127.0.0.1:{{ClosedPort()}}/v1" }, "b": { "Address": "{{second}}" } }
              },
              "weighted": {
                "LoadBalancingPolicy": "Weighted",
                "HealthCheck": {
                  "AvailableDestinationsPolicy": "HealthyOrPanic",
                  "Passive": { "Enabled": true, "Policy": "Answers", "ReactivationPeriod": "00:00:02" }
                },
                "Metadata": { "Upstream.BreakAfter": "2" },
                "Destinations": {
                  "a": { "Address": "{{first}}", "Metadata": { "Upstream.Weight": "3" } },
                  "b": { "Address": "{{second}}", "Metadata": { "Upstream.Weight": "1" } }
                }
              }
            }
          }
        }
        """;

    private static int ClosedPort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket.LocalEndPoint is IPEndPoint bound ? bound.Port : throw new InvalidOperationException("The socket has no address.");
    }
}
