using System.CommandLine;
using Conformance.Python;

namespace Conformance.Cli;

/// <summary>The verbs.</summary>
internal static class CommandLine
{
    public static RootCommand Create()
    {
        BackendCatalog catalog = new(new PythonEnvironment(Path.Combine(AppContext.BaseDirectory, "python")));
        return new RootCommand("Says, with proof, whether an implementation of a loss function is right.")
        {
            RunVerb.Create(catalog),
            Checking.CheckVerb.Create(catalog),
            MergeVerb.Create(),
            EvalVerb.Create(catalog),
            ExplainVerb.Create(catalog),
            SweepVerb.Create(catalog),
            GoldenVerb.Create(catalog),
            DiffVerb.Create(catalog),
            ListVerb.Create(catalog),
            DoctorVerb.Create(catalog),
        };
    }
}
