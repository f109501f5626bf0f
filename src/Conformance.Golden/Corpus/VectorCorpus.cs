using System.Collections.Immutable;
using System.Globalization;
using Conformance.Core.Cases;
using Conformance.Core.Losses;
using Conformance.Core.Tensors;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Corpus;

/// <summary>The curated vectors of a loss: inputs that were chosen because something is known to go wrong there, each with the reason.</summary>
/// <remarks>
/// It is the same on every machine. A test's name is GROUP/DTYPE/LAYOUT/REDUCTION/N, where N counts the vectors of the group.
/// </remarks>
public sealed class VectorCorpus
{
    /// <summary>The corpora that there are.</summary>
    public static readonly IReadOnlyList<VectorCorpus> All =
    [
        new(Core.Losses.SigmoidCrossEntropy.SigmoidCrossEntropyLoss.Instance, CorpusFlags.All, SigmoidCrossEntropyCorpus.Groups),
    ];

    private readonly ImmutableSortedDictionary<string, VectorFlag> _flags;
    private readonly ImmutableArray<CorpusGroup> _groups;

    private VectorCorpus(Loss loss, ImmutableSortedDictionary<string, VectorFlag> flags, ImmutableArray<CorpusGroup> groups)
    {
        Loss = loss;
        _flags = flags;
        _groups = groups;
    }

    /// <summary>The loss.</summary>
    public Loss Loss { get; }

    /// <summary>The corpus of a loss.</summary>
    /// <param name="loss">The loss.</param>
    /// <returns>The corpus, or null where nobody made one.</returns>
    public static VectorCorpus? Find(Loss loss) => All.FirstOrDefault(corpus => corpus.Loss == loss);

    /// <summary>The name of the file of a dtype.</summary>
    /// <param name="dtype">The dtype.</param>
    /// <returns>LOSS.DTYPE.json.</returns>
    public string FileNameOf(DType dtype) => $"{Loss.Name}.{dtype.Name}.json";

    /// <summary>The tests of a dtype, with inputs and flags and without outputs.</summary>
    /// <param name="dtype">The dtype.</param>
    /// <param name="source">What makes the file.</param>
    /// <returns>The file.</returns>
    public VectorFile InputsOf(DType dtype, VectorSource source)
    {
        CorpusValues values = new(dtype, Loss.CreateOracle(LossOptions.Default));
        ImmutableArray<VectorTest> tests =
        [
            .. from @group in _groups
               from numbered in @group.Vectors(values).Select((vector, i) => (Vector: vector, Number: i + 1))
               from layout in numbered.Vector.Layouts
               from reduction in numbered.Vector.Reductions
               select TestOf(@group, numbered.Vector, numbered.Number, dtype, layout, reduction),
        ];
        return new VectorFile
        {
            Format = VectorFile.CurrentFormat,
            Loss = Loss.Name,
            Source = source,
            Flags = _flags,
            Count = tests.Length,
            Tests = tests,
        };
    }

    private static VectorTest TestOf(CorpusGroup group, CorpusVector vector, int number, DType dtype, Layout layout, Reduction reduction) => new()
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"{group.Name}/{dtype}/{layout}/{reduction}/{number}"),
        Flags = group.Flags,
        DType = dtype.Name,
        Layout = layout.Name,
        Options = new VectorOptions { Reduction = reduction.Name, PosWeight = vector.PosWeight, LabelSmoothing = vector.LabelSmoothing },
        Inputs = new VectorInputs
        {
            Logits = TensorOf(vector, dtype, layout, i => vector.Elements[i].Logit),
            Labels = TensorOf(vector, dtype, layout, i => vector.Elements[i].Label),
            SampleWeight = vector.SampleWeights.IsEmpty ? null : TensorOf(vector, dtype, layout, i => vector.SampleWeights[i]),
        },
    };

    private static VectorTensor TensorOf(CorpusVector vector, DType dtype, Layout layout, Func<int, ulong> bitsAt)
    {
        string[] elements = new string[vector.Shape.Count];
        for (int i = 0; i < elements.Length; i++)
        {
            elements[layout.ToMemory(vector.Shape, i)] = dtype.ToHex(bitsAt(i));
        }

        return new VectorTensor { Shape = layout.Apply(vector.Shape).Dimensions, Bits = string.Concat(elements) };
    }
}
