using System.CommandLine;

namespace Conformance.Cli;

/// <summary><c>golden</c>: the vectors that are kept, recorded and verified.</summary>
internal static class GoldenVerb
{
    public static Command Create(BackendCatalog catalog) => new("golden", "Records what implementations return, accepts it as golden, verifies that it still holds, and exports vectors.")
    {
        GoldenRecordVerb.Create(catalog),
        GoldenVerifyVerb.Create(catalog),
        GoldenAcceptVerb.Create(catalog),
        GoldenExportVerb.Create(),
        GoldenLintVerb.Create(),
        GoldenFmtVerb.Create(),
    };
}
