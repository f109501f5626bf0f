namespace Conformance.Golden.Verification;

/// <summary>How something that is recorded and what is live differ.</summary>
public enum MovementKind
{
    /// <summary>Inputs that follow from the id are not the recorded ones: the generator or the file changed.</summary>
    Input,

    /// <summary>Expected outputs are not the truth: the oracle changed, or the file.</summary>
    Expected,

    /// <summary>A recorded implementation is no longer declared, or no longer takes such cases.</summary>
    Declaration,

    /// <summary>One of the two is an error, or both are and of different types.</summary>
    Outcome,

    /// <summary>NaN or infinities are elsewhere.</summary>
    NonFinite,

    /// <summary>Finite values are not close.</summary>
    Value,

    /// <summary>Values of another version are not close to the recorded ones, and within the implementation's contract of the truth.</summary>
    WithinContract,

    /// <summary>Values are close and their bits differ; NaN has one value whatever its bits.</summary>
    Bits,
}
