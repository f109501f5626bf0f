using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Tensors;
using Conformance.Core.UnderTest;

namespace Conformance.Core.Tests.UnderTest;

public sealed class LossFunctionBackendTests : IDisposable
{
    private static readonly ImplementationInfo Implementation = Given.Implementation("assembly/My.dll:MyLoss");

    private readonly NativeTensorArena _arena = new();

    public static TheoryData<string> DTypes() => ["float16", "float32", "float64"];

    [Theory]
    [MemberData(nameof(DTypes))]
    public async Task EvaluateAsync_RightFunction_WritesIntoTheRequest(string dtype)
    {
        EvaluationRequest request = Request(DType.Find(dtype)!, withGradient: true);

        Evaluation evaluation = await EvaluateAsync(new EveryTypeLoss(), request);

        Assert.Equal(Evaluation.Completed(request), evaluation);
        for (int i = 0; i < request.Logits.Shape.Count; i++)
        {
            double logit = request.Logits.ValueAt(i);
            double label = request.Labels.ValueAt(i);
            DType type = request.Loss.DType;
            Assert.Equal(type.ToBits(logit + (2 * label)), request.Loss.BitsAt(i));
            Assert.Equal(type.ToBits(logit - label), request.Gradient!.BitsAt(i));
        }
    }

    [Fact]
    public async Task EvaluateAsync_Reduction_GivesShapeAndOneElement()
    {
        (string Shape, string Reduction, int Loss) seen = default;
        EvaluationRequest request = Request(reduction: Reduction.Mean);

        await EvaluateAsync(
            new ActionLoss((in arguments, loss) =>
            {
                seen = (arguments.Shape.ToString(), arguments.Reduction.Name, loss.Length);
                loss[0] = arguments.Logits.Length + arguments.Labels.Length;
            }),
            request);

        Assert.Equal(("2x5x10", "mean", 1), seen);
        Assert.Equal(200, request.Loss.ValueAt(0));
    }

    [Fact]
    public async Task EvaluateAsync_FunctionThatThrows_IsAnErrorWithItsOwnLine()
    {
        Evaluation evaluation = await EvaluateAsync(new ActionLoss((in arguments, loss) => loss[arguments.Logits.Length] = 1), Request());

        Assert.Equal(Outcome.Error, evaluation.Outcome);
        Assert.Matches(
            @"^IndexOutOfRangeException: Index was outside the bounds of the array \(at Conformance\.Core\.Tests\.UnderTest\..*, LossFunctionBackendTests\.cs:\d+\)$",
            evaluation.Message);
    }

    [Fact]
    public async Task EvaluateAsync_ExceptionOfTheFramework_ShowsWhereItWasCalled()
    {
        Evaluation evaluation = await EvaluateAsync(new ActionLoss((in _, _) => int.Parse("x\ny", System.Globalization.CultureInfo.InvariantCulture)), Request());

        Assert.StartsWith("FormatException: The input string 'x y' was not in a correct format (at Conformance.Core.Tests.", evaluation.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EvaluateAsync_NothingWritten_SaysSo()
    {
        Evaluation none = await EvaluateAsync(new ActionLoss((in _, _) => { }), Request());
        Evaluation scalar = await EvaluateAsync(new ActionLoss((in _, _) => { }), Request(reduction: Reduction.Sum));
        Evaluation gradient = await EvaluateAsync(new LazyGradientLoss(), Request(withGradient: true));

        Assert.Equal(new Evaluation(Outcome.Error, Message: "it wrote nothing to the loss"), none);
        Assert.Equal(none, scalar);
        Assert.Equal(new Evaluation(Outcome.Error, Message: "it wrote nothing to the gradient"), gradient);
    }

    [Fact]
    public async Task EvaluateAsync_SomeElementsUnwritten_NamesTheFirst()
    {
        Evaluation evaluation = await EvaluateAsync(new ActionLoss((in _, loss) => loss[..97].Clear()), Request());

        Assert.Equal(new Evaluation(Outcome.Error, Message: "it left 3 of 100 elements of the loss unwritten, the first of them [97]"), evaluation);
    }

    [Fact]
    public async Task EvaluateAsync_NumbersThatHoldThePoisonsByte_AreNumbers()
    {
        // Three of its four bytes are the poison's.
        Evaluation evaluation = await EvaluateAsync(
            new ActionLoss((in _, loss) => loss.Fill(BitConverter.UInt32BitsToSingle(0x3EDEDEDE))), Request());

        Assert.Equal(Outcome.Completed, evaluation.Outcome);
    }

    [Fact]
    public async Task EvaluateAsync_EmptyBatch_IsComplete()
    {
        Evaluation evaluation = await EvaluateAsync(new EveryTypeLoss(), Request(shape: new Shape(0, 5, 10), withGradient: true));

        Assert.Equal(Outcome.Completed, evaluation.Outcome);
    }

    [Fact]
    public async Task EvaluateAsync_InputsChanged_IsAnErrorAndTheyArePutRight()
    {
        EvaluationRequest request = Request();
        string logits = request.Logits.ToHex();
        string labels = request.Labels.ToHex();

        Evaluation first = await EvaluateAsync(
            new ActionLoss((in arguments, loss) =>
            {
                Mutable.Of(arguments.Logits)[3] += 1;
                Mutable.Of(arguments.Labels)[99] += 1;
                loss.Clear();
            }),
            request);
        Evaluation second = await EvaluateAsync(
            new ActionLoss((in arguments, loss) =>
            {
                Mutable.Of(arguments.Labels)[99] += 1;
                loss.Clear();
            }),
            request);
        Evaluation thrown = await EvaluateAsync(
            new ActionLoss((in arguments, _) =>
            {
                Mutable.Of(arguments.Labels)[0] += 1;
                throw new InvalidOperationException("thrown");
            }),
            request);

        Assert.Equal("it changed the logits, which are not its own", first.Message);
        Assert.Equal("it changed the labels, which are not its own", second.Message);
        Assert.StartsWith("InvalidOperationException: thrown (at", thrown.Message, StringComparison.Ordinal);
        Assert.All([first, second, thrown], evaluation => Assert.Equal(Outcome.Error, evaluation.Outcome));
        Assert.Equal((logits, labels), (request.Logits.ToHex(), request.Labels.ToHex()));
    }

    [Fact]
    public async Task EvaluateAsync_WhatItDoesNotImplement_IsAnError()
    {
        Evaluation dtype = await EvaluateAsync(new StructLoss(), Request(DType.Float64));
        Evaluation gradient = await EvaluateAsync(new StructLoss(), Request(withGradient: true));
        Evaluation bfloat16 = await EvaluateAsync(new EveryTypeLoss(), Request(DType.BFloat16));

        Assert.Equal("Conformance.Core.Tests.UnderTest.StructLoss does not implement ILossFunction<Double>", dtype.Message);
        Assert.Equal("Conformance.Core.Tests.UnderTest.StructLoss does not implement ILossGradient<Single>", gradient.Message);
        Assert.Equal(".NET has no type of the elements of bfloat16", bfloat16.Message);
    }

    [Fact]
    public async Task EvaluateAsync_FailureInTheMiddle_LetsTheOthersGoOn()
    {
        int calls = 0;
        await using LossFunctionBackend backend = new(Implementation, () => new ActionLoss((in _, loss) =>
        {
            loss.Clear();
            if (++calls == 2)
            {
                throw new InvalidOperationException("the second");
            }
        }));
        await backend.StartAsync(new Progress<string>(), TestContext.Current.CancellationToken);

        IReadOnlyList<Evaluation> evaluations = await backend.EvaluateAsync([Request(), Request(), Request()], TestContext.Current.CancellationToken);

        Assert.Equal([Outcome.Completed, Outcome.Error, Outcome.Completed], evaluations.Select(evaluation => evaluation.Outcome));
    }

    [Fact]
    public async Task StartAsync_Instance_ReportsItsAssembly()
    {
        await using LossFunctionBackend backend = new(Implementation, () => new EveryTypeLoss());

        BackendStatus status = await backend.StartAsync(new Progress<string>(), TestContext.Current.CancellationToken);

        Assert.True(status.IsAvailable);
        Assert.Equal(["Conformance.Core.Tests"], status.Versions.Keys);
        Assert.Equal(("assembly", Implementation), (backend.Name, Assert.Single(backend.Implementations)));
    }

    [Fact]
    public async Task StartAsync_ConstructorThatThrows_IsUnavailable()
    {
        await using LossFunctionBackend backend = new(Implementation, () => throw new TypeInitializationException("MyLoss", new InvalidOperationException("no licence")));
        await using LossFunctionBackend unloadable = new(Implementation, () => throw new InvalidInputException("It is not there."));

        BackendStatus thrown = await backend.StartAsync(new Progress<string>(), TestContext.Current.CancellationToken);
        BackendStatus missing = await unloadable.StartAsync(new Progress<string>(), TestContext.Current.CancellationToken);

        Assert.Equal("assembly/My.dll:MyLoss could not be made: InvalidOperationException: no licence.", thrown.Missing);
        Assert.Equal("It is not there.", missing.Missing);
    }

    public void Dispose() => _arena.Dispose();

    private static async Task<Evaluation> EvaluateAsync(object loss, EvaluationRequest request)
    {
        await using LossFunctionBackend backend = new(Implementation, () => loss);
        await backend.StartAsync(new Progress<string>(), TestContext.Current.CancellationToken);
        return Assert.Single(await backend.EvaluateAsync([request], TestContext.Current.CancellationToken));
    }

    private EvaluationRequest Request(DType? dtype = null, Reduction? reduction = null, Shape? shape = null, bool withGradient = false)
    {
        Case testCase = Given.Case(dtype, shape, reduction: reduction);
        (Tensor logits, Tensor labels) = Given.Inputs(_arena, testCase);
        return new EvaluationRequest(
            Implementation,
            testCase,
            logits,
            labels,
            _arena.Allocate(testCase.Draw.DType, testCase.LossShape),
            withGradient ? _arena.Allocate(testCase.Draw.DType, testCase.InputShape) : null);
    }
}
