using System.Collections.Immutable;

namespace Conformance.Golden.Linting;

/// <summary>A place at which a file is not valid by its schema.</summary>
/// <param name="Place">Names of fields and indices, from the root.</param>
/// <param name="Message">What is there, and what is allowed.</param>
internal sealed record SchemaViolation(ImmutableArray<string> Place, string Message);
