using System.Collections.Immutable;
using System.Globalization;
using Conformance.Core;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Losses;
using Conformance.Core.Oracles;
using Conformance.Core.Runs;
using Conformance.Core.Tensors;

namespace Conformance.Golden.Vectors;

/// <summary>Computes the outputs of the tests of a vector file, whoever wrote it: the truth, or what one implementation returns.</summary>
/// <param name="path">The file's path, for messages.</param>
/// <param name="file">The file.</param>
public sealed class VectorEvaluator(string path, VectorFile file)
{
    private const int BlockTests = 64;

    private readonly Loss _loss = Loss.Find(file.Loss)!;

    /// <summary>The file with the truth of every test as <c>expected</c>: loss and gradient, correctly rounded.</summary>
    /// <remarks>
    /// The gradient is that of the loss, or of the sum of the losses where nothing is reduced. NaN is the positive quiet NaN without
    /// payload, so that the same file gives the same bytes everywhere.
    /// </remarks>
    /// <param name="progress">Told after each test.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The file; everything else in it is as it was.</returns>
    public VectorFile WithTruth(IProgress<RunProgress> progress, CancellationToken cancellationToken)
    {
        VectorTest[] tests = new VectorTest[file.Tests.Length];
        int done = 0;
        Parallel.For(0, tests.Length, new ParallelOptions { CancellationToken = cancellationToken }, i =>
        {
            tests[i] = file.Tests[i] with { Expected = TruthOf(_loss, file.Tests[i], cancellationToken) };
            int count = Interlocked.Increment(ref done);
            progress.Report(new RunProgress(count, tests.Length, count));
        });
        return file with { Tests = [.. tests] };
    }

    /// <summary>The file with what an implementation returns for every test as <c>recorded</c> under its id.</summary>
    /// <param name="implementation">The implementation.</param>
    /// <param name="backend">Its backend, started.</param>
    /// <param name="version">The backend's version.</param>
    /// <param name="createArena">Makes the memory in which tensors live.</param>
    /// <param name="progress">Told after each block of tests.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="skipsRefused">Whether tests that the implementation does not compute stay as they are instead of being refused.</param>
    /// <returns>The file; everything else in it is as it was.</returns>
    /// <exception cref="InvalidInputException">The implementation does not compute what a test asks for.</exception>
    public async Task<VectorFile> WithRecordedAsync(
        ImplementationInfo implementation,
        IBackend backend,
        string version,
        Func<ITensorArena> createArena,
        IProgress<RunProgress> progress,
        CancellationToken cancellationToken,
        bool skipsRefused = false)
    {
        if (!skipsRefused)
        {
            CheckComputes(implementation);
        }

        VectorTest[] tests = [.. file.Tests];
        int[] computed = [.. Enumerable.Range(0, tests.Length).Where(i => Computes(implementation, tests[i]))];
        int done = 0;
        using ITensorArena arena = createArena();
        foreach (int[] block in computed.Chunk(BlockTests))
        {
            arena.Reset();
            EvaluationRequest[] requests = [.. block.Select(i => RequestOf(implementation, tests[i], i, arena))];
            IReadOnlyList<Evaluation> evaluations = await backend.EvaluateAsync(requests, cancellationToken).ConfigureAwait(false);
            for (int i = 0; i < block.Length; i++)
            {
                VectorTest test = tests[block[i]];
                tests[block[i]] = test with
                {
                    Recorded = test.Recorded.SetItem(
                        implementation.Id,
                        RecordedOutput.Of(version, new CaseOutput(implementation, evaluations[i], requests[i].Loss, requests[i].Gradient))),
                };
            }

            done += block.Length;
            progress.Report(new RunProgress(done, computed.Length, done));
        }

        return file with { Tests = [.. tests] };
    }

    /// <summary>Makes sure that an implementation computes every test, so that nothing is evaluated in vain.</summary>
    /// <param name="implementation">The implementation.</param>
    /// <exception cref="InvalidInputException">It does not; the message names the first test and says how many there are.</exception>
    public void CheckComputes(ImplementationInfo implementation)
    {
        (string Test, string Reason)[] refused =
        [
            .. file.Tests.Select((test, i) => (Test: NameOf(test, i), Reason: FindRefusal(implementation, test)))
                .Where(test => test.Reason is not null)
                .Select(test => (test.Test, test.Reason!)),
        ];
        if (refused.Length > 0)
        {
            throw new InvalidInputException(string.Create(
                CultureInfo.InvariantCulture,
                $"{implementation.Id} does not compute {refused.Length} of the {file.Tests.Length} tests of '{path}', the first of them {refused[0].Test}, which {refused[0].Reason}; give a file without them, or 'oracle' in its place, which computes all."));
        }
    }

    /// <summary>Whether an implementation computes a test: its dtype and reduction, and none of the options that implementations do not take.</summary>
    /// <param name="implementation">The implementation.</param>
    /// <param name="test">The test.</param>
    /// <returns>True where it does.</returns>
    internal static bool Computes(ImplementationInfo implementation, VectorTest test) => FindRefusal(implementation, test) is null;

    private static string NameOf(VectorTest test, int index) =>
        test.Id is null ? string.Create(CultureInfo.InvariantCulture, $"test number {index + 1}") : $"test '{test.Id}'";

    /// <summary>Why an implementation does not compute a test.</summary>
    /// <param name="implementation">The implementation.</param>
    /// <param name="test">The test.</param>
    /// <returns>What about the test, to go on its name; null where it does compute it.</returns>
    internal static string? FindRefusal(ImplementationInfo implementation, VectorTest test)
    {
        LossOptions options = test.Options.ToLossOptions();
        return test.Inputs.SampleWeight is not null ? "has a sampleWeight"
            : options.PosWeight != 1 ? "has a posWeight"
            : options.LabelSmoothing != 0 ? "has a labelSmoothing"
            : implementation.DTypes.All(dtype => dtype.Name != test.DType) ? $"is in {test.DType}, where it computes {string.Join(", ", implementation.DTypes)}"
            : implementation.Reductions.All(reduction => reduction.Name != test.Options.Reduction)
                ? $"has the reduction '{test.Options.Reduction}', where it computes {string.Join(", ", implementation.Reductions)}"
            : null;
    }

    private EvaluationRequest RequestOf(ImplementationInfo implementation, VectorTest test, int index, ITensorArena arena)
    {
        DType dtype = DType.Find(test.DType)!;
        Reduction reduction = Reduction.Find(test.Options.Reduction)!;
        Shape shape = new(test.Inputs.Logits.Shape.AsSpan());
        EvaluationRequest request = new(
            NameOf(test, index),
            implementation,
            _loss,
            reduction,
            arena.Allocate(dtype, shape),
            arena.Allocate(dtype, shape),
            arena.Allocate(dtype, reduction.LossShape(shape)).Poison(),
            arena.Allocate(dtype, shape).Poison());
        test.Inputs.Logits.CopyTo(request.Logits);
        test.Inputs.Labels.CopyTo(request.Labels);
        return request;
    }

    /// <summary>The truth of one test, as <see cref="WithTruth"/> has it.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="test">The test.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Loss and gradient, correctly rounded.</returns>
    public static VectorOutputs TruthOf(Loss loss, VectorTest test, CancellationToken cancellationToken)
    {
        TestTruths truths = new(loss, test);
        ImmutableArray<int> shape = test.Inputs.Logits.Shape;
        return new VectorOutputs
        {
            Loss = ToTensor(isGradient: false, truths.IsReduced(isGradient: false) ? [] : shape),
            Gradient = ToTensor(isGradient: true, shape),
        };

        VectorTensor ToTensor(bool isGradient, ImmutableArray<int> dimensions)
        {
            DType dtype = truths.DType;
            int elements = new Shape(dimensions.AsSpan()).Count;
            return new VectorTensor
            {
                Shape = dimensions,
                Bits = string.Create(elements * dtype.HexDigits, 0, (text, _) =>
                {
                    for (int i = 0; i < elements; i++)
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                        double value = truths.TruthAt(isGradient, i).Value;
                        dtype.ToHex(double.IsNaN(value) ? dtype.QuietNaN : dtype.ToBits(value)).CopyTo(text[(i * dtype.HexDigits)..]);
                    }
                }),
            };
        }
    }
}
