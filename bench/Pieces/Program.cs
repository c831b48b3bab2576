using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

// The pieces of a call, judged by their ratio to the baseline of their class and by the bytes that they allocate.
//   dotnet run -c Release --project bench/Pieces -- --filter '*'
// In this process, because another one would have to be built around a program that is no library. Three short rounds: ratios and bytes, not nanoseconds.
var config = DefaultConfig.Instance
    .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
    .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "aigateway-bench"));
BenchmarkSwitcher.FromAssembly(typeof(Pieces.Reading).Assembly).Run(args, config);
