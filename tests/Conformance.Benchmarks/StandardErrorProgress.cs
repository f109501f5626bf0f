namespace Conformance.Benchmarks;

/// <summary>Lines about what goes on, on standard error, at once and in their order.</summary>
internal sealed class StandardErrorProgress : IProgress<string>
{
    public void Report(string value) => Console.Error.WriteLine(value);
}
