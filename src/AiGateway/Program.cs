using AiGateway.Hosting;
using AiGateway.Hosting.Commands;

if (Verbs.AreNamed(args))
    return await Verbs.RunAsync(args);

var builder = GatewayHost.CreateBuilder(Verbs.ForHost(args));

var (settings, problems) = SettingsReader.Read(builder.Configuration, isProduction: !builder.Environment.IsDevelopment());
if (problems.Count > 0)
    return Misconfigured.Report(problems);

return await GatewayRun.ServeAsync(builder, settings);
