using Conformance.Core.Backends;

namespace Conformance.Benchmarks.Harness;

/// <summary>A backend as a run uses it, with what it reported and how long it took to say so.</summary>
internal sealed record StartedBackend(IBackend Backend, BackendStatus Status, double Seconds);
