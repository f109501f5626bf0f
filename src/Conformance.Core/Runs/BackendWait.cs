namespace Conformance.Core.Runs;

/// <summary>A backend that has not answered yet.</summary>
/// <param name="Backend">Its name.</param>
/// <param name="CaseId">The case that it is at; null where it does not say.</param>
/// <param name="Time">For how long it has been at that case or, where it does not say, at all that it was asked for at once.</param>
public sealed record BackendWait(string Backend, string? CaseId, TimeSpan Time);
