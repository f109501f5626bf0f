using System.CommandLine;

namespace Conformance.Cli;

/// <summary><c>golden</c>: the vectors that are kept, recorded and verified.</summary>
internal static class GoldenVerb
{
    public static Command Create(BackendCatalog catalog) => new("golden", "Records what implementations return, and verifies that they still do.")
    {
        GoldenRecordVerb.Create(catalog),
        GoldenVerifyVerb.Create(catalog),
        GoldenLintVerb.Create(),
        GoldenFmtVerb.Create(),
    };
}
