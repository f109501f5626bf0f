using System.Collections.Immutable;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Tensors;
using Conformance.Golden.Reproductions;
using Conformance.Isolation;

namespace Conformance.Cli.Checking;

/// <summary>One of the ways by which somebody's own implementation comes in: what it can take, and the backend that evaluates it.</summary>
internal interface IWayIn
{
    /// <summary>The backend's name: that of the option, without its dashes.</summary>
    string Backend { get; }

    /// <summary>What the implementation is called, without the folder that it lies in.</summary>
    string EntryPoint { get; }

    /// <summary>The dtypes that it takes.</summary>
    ImmutableArray<DType> DTypes { get; }

    /// <summary>The dtypes to draw where none are asked for.</summary>
    ImmutableArray<DType> DefaultDTypes { get; }

    /// <summary>The reductions to ask for where none are given.</summary>
    ImmutableArray<Reduction> DefaultReductions { get; }

    /// <summary>Whether it is told the reduction, so that it can compute several.</summary>
    bool IsToldReduction { get; }

    bool HasGradient { get; }

    /// <summary>The extents of inputs that it takes, null for any; empty for any inputs.</summary>
    ImmutableArray<int?> InputDimensions { get; }

    /// <summary>The arguments that name it, for a line that repeats a case.</summary>
    IEnumerable<string> Arguments { get; }

    /// <summary>How a script evaluates it without this tool.</summary>
    /// <param name="status">What its backend said when it started.</param>
    ReproductionSubject SubjectOf(BackendStatus status);

    /// <summary>The backend, not yet started.</summary>
    IBackend Create(ImplementationInfo implementation, IsolationLimits limits);
}
