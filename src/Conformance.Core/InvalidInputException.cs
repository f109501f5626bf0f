namespace Conformance.Core;

/// <summary>
/// What a user gave cannot be used. The message is one sentence that names what was given, what is allowed and what to do.
/// </summary>
public sealed class InvalidInputException : Exception
{
    /// <summary>An exception without a message.</summary>
    public InvalidInputException()
    {
    }

    /// <summary>An exception with the sentence to print.</summary>
    /// <param name="message">The sentence.</param>
    public InvalidInputException(string message)
        : base(message)
    {
    }

    /// <summary>An exception with the sentence to print and what caused it.</summary>
    /// <param name="message">The sentence.</param>
    /// <param name="innerException">The cause.</param>
    public InvalidInputException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
