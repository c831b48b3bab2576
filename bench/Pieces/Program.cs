using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;

// The pieces of a call, judged by their ratio to the baseline of their class and by the bytes that they allocate.
//   dotnet run -c Release --project bench/Pieces -- --filter '*'
BenchmarkSwitcher.FromAssembly(typeof(Pieces.Reading).Assembly).Run(args, DefaultConfig.Instance.WithArtifactsPath(Path.Combine(Path.GetTempPath(), "aigateway-bench")));
