namespace Conformance.Core.Judging;

/// <summary>What became of one element of an output against the truth.</summary>
internal enum ElementState : byte
{
    Within,
    Waived,
    Failed,
}
