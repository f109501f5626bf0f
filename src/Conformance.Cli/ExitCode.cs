namespace Conformance.Cli;

/// <summary>What the process returns.</summary>
internal static class ExitCode
{
    public const int Conformant = 0;
    public const int NonConformance = 1;
    public const int Usage = 2;
    public const int RequiredUnavailable = 3;
    public const int TooLittleRan = 4;
    public const int Internal = 70;
    public const int Cancelled = 130;
}
