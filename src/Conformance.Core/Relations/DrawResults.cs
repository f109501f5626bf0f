using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Tensors;

namespace Conformance.Core.Relations;

/// <summary>The outputs of all cases of one draw, by which relations are checked.</summary>
/// <param name="draw">The draw.</param>
public sealed class DrawResults(Draw draw)
{
    private readonly Dictionary<(Layout, Reduction, int?, bool, string), CaseOutput> _outputs = [];
    private readonly List<ImplementationInfo> _implementations = [];

    /// <summary>The draw.</summary>
    public Draw Draw { get; } = draw;

    /// <summary>The implementations of which relations ask something.</summary>
    /// <param name="role">What they ask.</param>
    /// <returns>Those that evaluated any of the draw's cases.</returns>
    public IEnumerable<ImplementationInfo> With(RelationRoles role) => _implementations.Where(implementation => implementation.RelationRoles.HasFlag(role));

    /// <summary>Adds what one implementation made of one of the draw's cases.</summary>
    /// <param name="testCase">The case.</param>
    /// <param name="output">The output.</param>
    public void Add(Case testCase, CaseOutput output)
    {
        _outputs.Add((testCase.Layout, testCase.Reduction, testCase.Example, testCase.IsMirrored, output.Implementation.Id), output);
        if (!_implementations.Contains(output.Implementation))
        {
            _implementations.Add(output.Implementation);
        }
    }

    /// <summary>A loss.</summary>
    /// <param name="implementationId">Whose.</param>
    /// <param name="layout">In which layout.</param>
    /// <param name="reduction">Under which reduction.</param>
    /// <param name="view">Of which part of the batch.</param>
    /// <returns>The loss, or null where the implementation gave none.</returns>
    public Tensor? Loss(string implementationId, Layout layout, Reduction reduction, BatchView view) =>
        Find(implementationId, layout, reduction, view)?.UsableLoss;

    /// <summary>An unreduced loss of the whole batch at the mirrored inputs.</summary>
    /// <param name="implementationId">Whose.</param>
    /// <param name="layout">In which layout.</param>
    /// <returns>The loss, or null where the implementation gave none.</returns>
    public Tensor? MirroredLoss(string implementationId, Layout layout) =>
        _outputs.GetValueOrDefault((layout, Reduction.None, null, true, implementationId))?.UsableLoss;

    /// <summary>A gradient of the whole batch.</summary>
    /// <param name="implementationId">Whose.</param>
    /// <param name="layout">In which layout.</param>
    /// <param name="reduction">Under which reduction.</param>
    /// <returns>The gradient, or null where the implementation gave none.</returns>
    public Tensor? Gradient(string implementationId, Layout layout, Reduction reduction) =>
        Find(implementationId, layout, reduction, new BatchView(null))?.UsableGradient;

    private CaseOutput? Find(string implementationId, Layout layout, Reduction reduction, BatchView view) =>
        _outputs.GetValueOrDefault((layout, reduction, view.Example, false, implementationId));
}
