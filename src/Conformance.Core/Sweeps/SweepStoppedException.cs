using Conformance.Core.Backends;

namespace Conformance.Core.Sweeps;

/// <summary>A sweep that an evaluation ended: what was judged before it stands.</summary>
public sealed class SweepStoppedException : Exception
{
    /// <summary>A sweep that ended.</summary>
    /// <param name="outcome">How the evaluation ended.</param>
    /// <param name="message">What happened and where, in one sentence.</param>
    public SweepStoppedException(Outcome outcome, string message)
        : base(message) => Outcome = outcome;

    /// <summary>How the evaluation ended.</summary>
    public Outcome Outcome { get; }
}
