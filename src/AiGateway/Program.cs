using AiGateway.Hosting;

var builder = GatewayHost.CreateBuilder(args);

var (settings, problems) = SettingsReader.Read(builder.Configuration, isProduction: !builder.Environment.IsDevelopment());
if (problems.Count > 0)
    return Misconfigured.Report(problems);

return await GatewayRun.ServeAsync(builder, settings);
