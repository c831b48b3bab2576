using AiGateway.Demo;
using AiGateway.Hosting;
using Microsoft.AspNetCore.Hosting.Server;

var builder = GatewayHost.CreateBuilder(args);

var (settings, problems) = SettingsReader.Read(builder.Configuration, builder.Environment.IsProduction());
if (problems.Count > 0)
    return Misconfigured.Report(problems);

var development = settings.IsProduction ? null : await DevelopmentKeys.LoadOrMakeAsync(DataFolder.Of(settings), CancellationToken.None);
builder.AddGateway(settings, development);

await using var app = builder.Build();
if (Misconfigured.CheckFiles(app.Services) is { Count: > 0 } fileProblems)
    return Misconfigured.Report(fileProblems);
app.UseGateway();
if (development is not null)
    app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine(ReadyBlock.Text(app.Services.GetRequiredService<IServer>(), settings, development)));
await app.RunAsync();
return 0;
