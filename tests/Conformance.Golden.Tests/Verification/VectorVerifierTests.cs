using System.Text.Json.Nodes;
using Conformance.Core;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Losses;
using Conformance.Core.Oracles;
using Conformance.Core.Runs;
using Conformance.Core.Tensors;
using Conformance.Golden.Vectors;
using Conformance.Golden.Verification;

namespace Conformance.Golden.Tests.Verification;

public sealed class VectorVerifierTests
{
    [Fact]
    public async Task Verify_SameBackend_FindsNothing()
    {
        FakeBackend backend = new();

        FileVerification verification = await Recording.VerifyAsync(await Recording.RecordAsync(backend), backend);

        Assert.Empty(verification.Movements);
        Assert.Empty(verification.Unrecorded);
        Assert.Equal([FakeBackend.Exact, FakeBackend.Loose], verification.Implementations.Select(one => one.Implementation));
        Assert.All(verification.Implementations, one =>
        {
            Assert.Equal(VerificationState.Verified, one.State);
            Assert.Equal(3, one.Tests);
            Assert.Equal(12 + 12 + 1 + 12 + 100 + 100, one.Elements);
            Assert.Equal(one.Elements, one.Equal);
            Assert.False(one.VersionMoved);
        });
    }

    [Theory]
    [InlineData("logits")]
    [InlineData("labels")]
    public async Task Verify_MovedInput_NamesTheElement(string input)
    {
        VectorFile recorded = await Recording.RecordAsync(new FakeBackend());
        VectorTensor tensor = input == "logits" ? recorded.Tests[0].Inputs.Logits : recorded.Tests[0].Inputs.Labels;
        string moved = Recording.Next(tensor, DType.Float32, 5);
        VectorFile file = Recording.Change(recorded, json => Recording.SetBits(json["tests"]![0]!["inputs"]![input]!, 5, moved));

        FileVerification verification = await Recording.VerifyAsync(file, new FakeBackend());

        Movement movement = Assert.Single(verification.Movements, movement => movement.Kind == MovementKind.Input);
        Assert.True(movement.IsFailure);
        Assert.Equal(Recording.Elementwise, movement.TestId);
        Assert.Null(movement.Implementation);
        Assert.Equal(input, movement.Output);
        Assert.Equal(5, movement.Index);
        Assert.Equal(1ul, movement.Ulps);
        Assert.Equal("0x" + moved, movement.Recorded!.Hex);
        Assert.Equal("0x" + DType.Float32.ToHex(tensor.BitsAt(DType.Float32, 5)), movement.Live!.Hex);
    }

    [Fact]
    public async Task Verify_MovedInputAndBackendThatFollowsIt_FindsTheInputAlone()
    {
        // The generator changed, not the implementation: it still returns what is recorded on the recorded inputs.
        FakeBackend backend = new();
        VectorFile recorded = await Recording.RecordAsync(backend);
        VectorTest test = recorded.Tests[0];
        VectorFile file = recorded with
        {
            Tests = [test with { Id = test.Id!.Replace("draw0", "draw1", StringComparison.Ordinal) }, .. recorded.Tests[1..]],
        };

        FileVerification verification = await Recording.VerifyAsync(file, backend);

        Assert.Equal(["logits", "labels"], verification.Movements.Select(movement => movement.Output));
        Assert.All(verification.Movements, movement => Assert.Equal(MovementKind.Input, movement.Kind));
    }

    [Theory]
    [InlineData(FakeBackend.Exact, "loss", false, true)]
    [InlineData(FakeBackend.Exact, "gradient", false, true)]
    [InlineData(FakeBackend.Loose, "loss", false, false)]
    [InlineData(FakeBackend.Loose, "gradient", false, false)]
    [InlineData(FakeBackend.Loose, "loss", true, true)]
    public async Task Verify_OneUlp_IsAFailureWhereBitsAreRequired(string implementation, string output, bool requiresBits, bool isFailure)
    {
        VectorFile recorded = await Recording.RecordAsync(new FakeBackend());
        RecordedOutput before = recorded.Tests[0].Recorded[implementation];
        string moved = Recording.Next(output == "loss" ? before.Loss! : before.Gradient!, DType.Float32, 7);
        VectorFile file = Recording.Change(recorded, json => Recording.SetBits(Recorded(json, implementation)[output]!, 7, moved));

        FileVerification verification = await Recording.VerifyAsync(file, new FakeBackend(), requiresBits);

        Movement movement = Assert.Single(verification.Movements);
        Assert.Equal(MovementKind.Bits, movement.Kind);
        Assert.Equal(isFailure, movement.IsFailure);
        Assert.Equal(Recording.Elementwise, movement.TestId);
        Assert.Equal(implementation, movement.Implementation);
        Assert.Equal(output, movement.Output);
        Assert.Equal(7, movement.Index);
        Assert.Equal(1, movement.Count);
        Assert.Equal(1ul, movement.Ulps);
        Assert.Equal("0x" + moved, movement.Recorded!.Hex);
        Assert.Equal("0x" + DType.Float32.ToHex(recorded.Tests[0].Inputs.Logits.BitsAt(DType.Float32, 7)), movement.Logit!.Hex);
        Assert.Equal("0x" + DType.Float32.ToHex(recorded.Tests[0].Inputs.Labels.BitsAt(DType.Float32, 7)), movement.Label!.Hex);
        ImplementationVerification report = Report(verification, implementation);
        Assert.Equal((1, 0, 1ul), (report.Close, report.Beyond, report.MaxUlps));
        Assert.Equal(report.Elements - 1, report.Equal);
    }

    [Fact]
    public async Task Verify_BeyondTolerance_NamesTheWorstElement()
    {
        VectorFile recorded = await Recording.RecordAsync(new FakeBackend());
        VectorTensor loss = recorded.Tests[0].Recorded[FakeBackend.Loose].Loss!;
        VectorFile file = Recording.Change(recorded, json =>
        {
            JsonNode tensor = Recorded(json, FakeBackend.Loose)["loss"]!;
            Recording.SetBits(tensor, 1, Recording.Next(loss, DType.Float32, 1, 1));
            Recording.SetBits(tensor, 2, Recording.Next(loss, DType.Float32, 2, 1 << 16));
            Recording.SetBits(tensor, 4, Recording.Next(loss, DType.Float32, 4, 1 << 18));
        });

        FileVerification verification = await Recording.VerifyAsync(file, new FakeBackend());

        Assert.Equal([(MovementKind.Value, true), (MovementKind.Bits, false)], verification.Movements.Select(movement => (movement.Kind, movement.IsFailure)));
        Assert.Equal((2, 4, 1ul << 18), (verification.Movements[0].Count, verification.Movements[0].Index, verification.Movements[0].Ulps));
        Assert.Equal(1, verification.Failures);
        Assert.Equal((1, 2), (Report(verification, FakeBackend.Loose).Close, Report(verification, FakeBackend.Loose).Beyond));
    }

    [Fact]
    public async Task Verify_MovedScalar_HasNoIndex()
    {
        VectorFile recorded = await Recording.RecordAsync(new FakeBackend());
        string moved = Recording.Next(recorded.Tests[1].Recorded[FakeBackend.Exact].Loss!, DType.Float64, 0);
        VectorFile file = Recording.Change(recorded, json => Recording.SetBits(Recorded(json, FakeBackend.Exact, 1)["loss"]!, 0, moved));

        Movement movement = Assert.Single((await Recording.VerifyAsync(file, new FakeBackend())).Movements);

        Assert.Equal((Recording.Mean, "loss", null, null), (movement.TestId, movement.Output, movement.Index, movement.Logit));
    }

    [Theory]
    [InlineData("7fc00000")]
    [InlineData("7f800000")]
    [InlineData("ff800000")]
    public async Task Verify_NonFiniteWhereFiniteIsLive_IsAFailure(string recordedBits)
    {
        VectorFile file = Recording.Change(
            await Recording.RecordAsync(new FakeBackend()), json => Recording.SetBits(Recorded(json, FakeBackend.Loose)["loss"]!, 3, recordedBits));

        Movement movement = Assert.Single((await Recording.VerifyAsync(file, new FakeBackend())).Movements);

        Assert.Equal((MovementKind.NonFinite, true, 3), (movement.Kind, movement.IsFailure, movement.Index));
    }

    [Fact]
    public async Task Verify_FiniteWhereInfinityIsRecordedWithTheOtherSign_IsAFailure()
    {
        VectorFile recorded = await Recording.RecordAsync(new FakeBackend());
        VectorTensor loss = recorded.Tests[2].Recorded[FakeBackend.Loose].Loss!;
        int infinity = Enumerable.Range(0, 100).First(i => loss.BitsAt(DType.Float32, i) == 0x7f800000);
        VectorFile file = Recording.Change(recorded, json => Recording.SetBits(Recorded(json, FakeBackend.Loose, 2)["loss"]!, infinity, "ff800000"));

        Movement movement = Assert.Single((await Recording.VerifyAsync(file, new FakeBackend())).Movements);

        Assert.Equal((MovementKind.NonFinite, true, infinity), (movement.Kind, movement.IsFailure, movement.Index));
    }

    [Fact]
    public async Task Verify_NaNOfOtherBits_IsEqual()
    {
        VectorFile recorded = await Recording.RecordAsync(new FakeBackend());
        VectorTensor loss = recorded.Tests[2].Recorded[FakeBackend.Exact].Loss!;
        int nan = Enumerable.Range(0, 100).First(i => double.IsNaN(DType.Float32.ToDouble(loss.BitsAt(DType.Float32, i))));
        VectorFile file = Recording.Change(recorded, json => Recording.SetBits(Recorded(json, FakeBackend.Exact, 2)["loss"]!, nan, "7fc12345"));

        Assert.Empty((await Recording.VerifyAsync(file, new FakeBackend(), requiresBits: true)).Movements);
    }

    [Theory]
    [InlineData(Outcome.Crash)]
    [InlineData(Outcome.Timeout)]
    [InlineData(Outcome.Error)]
    [InlineData(Outcome.Unavailable)]
    public async Task Verify_LiveError_IsAFailure(Outcome outcome)
    {
        VectorFile file = await Recording.RecordAsync(new FakeBackend());
        FakeBackend backend = new()
        {
            Complete = request => request.Reduction == Reduction.Mean && !request.Implementation.IsReproducible
                ? new Evaluation(outcome, Message: "It ended.")
                : Evaluation.Completed(request),
        };

        FileVerification verification = await Recording.VerifyAsync(file, backend);

        Movement movement = Assert.Single(verification.Movements);
        Assert.Equal(
            (MovementKind.Outcome, true, Recording.Mean, FakeBackend.Loose), (movement.Kind, movement.IsFailure, movement.TestId, movement.Implementation));
        Assert.Contains($"live {outcome}: It ended", movement.Message, StringComparison.Ordinal);
        Assert.Equal(1, Report(verification, FakeBackend.Loose).Outcomes);
    }

    [Fact]
    public async Task Verify_RecordedError_HoldsWhileItIsOfTheSameType()
    {
        FakeBackend failing = new() { Complete = _ => new Evaluation(Outcome.Error, Message: "At 0x1234.") };
        FakeBackend failingInOtherWords = new() { Complete = _ => new Evaluation(Outcome.Error, Message: "At 0x5678.") };
        VectorFile file = await Recording.RecordAsync(failing);

        Assert.Empty((await Recording.VerifyAsync(file, failingInOtherWords)).Movements);
        FileVerification repaired = await Recording.VerifyAsync(file, new FakeBackend());
        Assert.Equal(6, repaired.Failures);
        Assert.All(repaired.Movements, movement => Assert.Equal(MovementKind.Outcome, movement.Kind));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Verify_LiveOutputOfAnotherShape_IsAFailure(bool isGradient)
    {
        VectorFile file = await Recording.RecordAsync(new FakeBackend());
        OutputSignature other = new("float32", new Shape(2, 2));
        FakeBackend backend = new()
        {
            Complete = request => isGradient
                ? Evaluation.Completed(request) with { Gradient = other }
                : Evaluation.Completed(request) with { Loss = other },
        };

        FileVerification verification = await Recording.VerifyAsync(file, backend);

        Assert.Equal(6, verification.Failures);
        Assert.All(verification.Movements, movement => Assert.Contains("of shape [2x2]", movement.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Verify_OutputThatIsNeverWritten_IsAFailure()
    {
        VectorFile file = await Recording.RecordAsync(new FakeBackend());
        FakeBackend backend = new() { Complete = request => Unwrite(request) };

        FileVerification verification = await Recording.VerifyAsync(file, backend);

        Assert.NotEmpty(verification.Movements);
        Assert.All(verification.Movements, movement => Assert.True(movement.IsFailure));

        static Evaluation Unwrite(EvaluationRequest request)
        {
            request.Loss.Bytes.Fill(0xDE);
            return Evaluation.Completed(request);
        }
    }

    [Fact]
    public async Task Verify_OtherVersion_IsSaidAndNoFailure()
    {
        VectorFile file = await Recording.RecordAsync(new FakeBackend());
        FakeBackend backend = new() { Status = BackendStatus.Available([new(FakeBackend.BackendName, "2.0.0"), new("other", "1")]) };

        FileVerification verification = await Recording.VerifyAsync(file, backend);

        Assert.Equal(0, verification.Failures);
        Assert.All(verification.Implementations, one =>
        {
            Assert.True(one.VersionMoved);
            Assert.Equal(["1.0.0"], one.RecordedVersions);
            Assert.Equal("2.0.0", one.LiveVersion);
        });
    }

    [Fact]
    public async Task Verify_ImplementationThatIsNoLongerDeclared_IsAFailure()
    {
        VectorFile file = await Recording.RecordAsync(new FakeBackend());
        FakeBackend backend = new() { Implementations = [FakeBackend.Declare("exact", isReproducible: true)] };

        FileVerification verification = await Recording.VerifyAsync(file, backend);

        Movement movement = Assert.Single(verification.Movements);
        Assert.Equal((MovementKind.Declaration, true, FakeBackend.Loose, 3), (movement.Kind, movement.IsFailure, movement.Implementation, movement.Count));
        Assert.Equal(VerificationState.Undeclared, Report(verification, FakeBackend.Loose).State);
        Assert.Equal(VerificationState.Verified, Report(verification, FakeBackend.Exact).State);
    }

    [Fact]
    public async Task Verify_ImplementationThatNoLongerTakesTheDType_IsAFailure()
    {
        VectorFile file = await Recording.RecordAsync(new FakeBackend());
        FakeBackend backend = new()
        {
            Implementations =
            [
                FakeBackend.Declare("exact", isReproducible: true) with { Contracts = [FakeBackend.AnyContract with { DTypes = [DType.Float32] }] },
                FakeBackend.Declare("loose", isReproducible: false),
            ],
        };

        FileVerification verification = await Recording.VerifyAsync(file, backend);

        Movement movement = Assert.Single(verification.Movements);
        Assert.Equal((MovementKind.Declaration, FakeBackend.Exact, 1), (movement.Kind, movement.Implementation, movement.Count));
        Assert.Equal(VerificationState.Verified, Report(verification, FakeBackend.Exact).State);
    }

    [Fact]
    public async Task Verify_UnavailableBackend_IsNotVerifiedAndNoFailure()
    {
        VectorFile file = await Recording.RecordAsync(new FakeBackend());
        FakeBackend backend = new() { Status = BackendStatus.Unavailable("It is not there.", "Install it.") };

        FileVerification verification = await Recording.VerifyAsync(file, backend);

        Assert.Empty(verification.Movements);
        Assert.All(verification.Implementations, one =>
        {
            Assert.Equal(VerificationState.Unavailable, one.State);
            Assert.Equal("It is not there. Install it.", one.Message);
            Assert.Equal(0, one.Elements);
        });
    }

    [Fact]
    public async Task Verify_BackendThatIsNotSelected_IsNotVerifiedAndNoFailure()
    {
        VectorFile file = await Recording.RecordAsync(new FakeBackend());

        FileVerification verification = await Recording.VerifyAsync(file, new FakeBackend(), isSelected: false);

        Assert.Empty(verification.Movements);
        Assert.All(verification.Implementations, one => Assert.Equal(VerificationState.NotSelected, one.State));
    }

    [Fact]
    public async Task Verify_UnrecordedImplementation_IsSaidAndNoFailure()
    {
        VectorFile file = Recording.Change(await Recording.RecordAsync(new FakeBackend()), json =>
        {
            json["tests"]![0]!["recorded"]!.AsObject().Remove(FakeBackend.Exact);
            foreach (JsonNode? test in json["tests"]!.AsArray())
            {
                test!["recorded"]!.AsObject().Remove(FakeBackend.Loose);
            }
        });

        FileVerification verification = await Recording.VerifyAsync(file, new FakeBackend());

        Assert.Empty(verification.Movements);
        Assert.Equal(
            [new UnrecordedImplementation(FakeBackend.Exact, 1, IsRecordedElsewhere: true), new UnrecordedImplementation(FakeBackend.Loose, 3, IsRecordedElsewhere: false)],
            verification.Unrecorded);
    }

    [Fact]
    public async Task Verify_ExpectedOutputs_AreDerivedAgain()
    {
        FakeBackend backend = new();
        VectorFile file = WithTruth(await Recording.RecordAsync(backend));

        FileVerification verification = await Recording.VerifyAsync(file, backend);

        Assert.Empty(verification.Movements);
        Assert.Equal(new TruthVerification(3, 12 + 12 + 1 + 12 + 100 + 100, 0), verification.Expected);
    }

    [Theory]
    [InlineData("loss", 4)]
    [InlineData("gradient", 11)]
    public async Task Verify_MovedExpectedBit_IsAFailureWithThePlace(string output, int index)
    {
        FakeBackend backend = new();
        VectorFile truth = WithTruth(await Recording.RecordAsync(backend));
        VectorOutputs expected = truth.Tests[0].Expected!;
        string moved = Recording.Next(output == "loss" ? expected.Loss : expected.Gradient!, DType.Float32, index);
        VectorFile file = Recording.Change(truth, json => Recording.SetBits(json["tests"]![0]!["expected"]![output]!, index, moved));

        FileVerification verification = await Recording.VerifyAsync(file, backend);

        Movement movement = Assert.Single(verification.Movements);
        Assert.Equal((MovementKind.Expected, true, Recording.Elementwise), (movement.Kind, movement.IsFailure, movement.TestId));
        Assert.Equal((output, index, 1ul, null), (movement.Output, movement.Index, movement.Ulps, movement.Implementation));
        Assert.Equal("0x" + moved, movement.Recorded!.Hex);
        Assert.Equal(1, verification.Expected.Moved);
    }

    [Fact]
    public async Task Verify_ExpectedZeroOfTheOtherSign_IsAFailure()
    {
        // The limit of the loss at an infinite logit that its label agrees with.
        VectorFile file = Recording.Change(WithTruth(await Recording.RecordAsync(new FakeBackend())), json =>
        {
            JsonNode loss = json["tests"]![2]!["expected"]!["loss"]!;
            string bits = loss["bits"]!.GetValue<string>();
            int zero = Enumerable.Range(0, bits.Length / 8).First(i => bits.AsSpan(i * 8, 8).SequenceEqual("00000000"));
            Recording.SetBits(loss, zero, "80000000");
        });

        Movement movement = Assert.Single((await Recording.VerifyAsync(file, new FakeBackend())).Movements);

        Assert.Equal((MovementKind.Expected, true, 0ul), (movement.Kind, movement.IsFailure, movement.Ulps));
    }

    [Fact]
    public async Task Verify_ChosenName_IsVerifiedOnTheInputsThatItHas()
    {
        FakeBackend backend = new();
        VectorFile file = Chosen(await Recording.RecordAsync(backend));
        string moved = Recording.Next(file.Tests[0].Recorded[FakeBackend.Exact].Loss!, DType.Float32, 3);
        VectorFile movedFile = Recording.Change(file, json => Recording.SetBits(Recorded(json, FakeBackend.Exact)["loss"]!, 3, moved));

        FileVerification verification = await Recording.VerifyAsync(file, backend);
        Movement movement = Assert.Single((await Recording.VerifyAsync(movedFile, backend)).Movements);

        Assert.Empty(verification.Movements);
        Assert.Empty(verification.Unrecorded);
        Assert.Equal(3, Report(verification, FakeBackend.Exact).Tests);
        Assert.Equal((MovementKind.Bits, true, "chosen/0"), (movement.Kind, movement.IsFailure, movement.TestId));

        // Its inputs are nobody's business but the file's: the outputs follow them.
        VectorTensor logits = file.Tests[0].Inputs.Logits;
        VectorFile others = Recording.Change(file, json => Recording.SetBits(
            json["tests"]![0]!["inputs"]!["logits"]!, 0, Recording.Next(logits, DType.Float32, 0, 1 << 20)));
        Assert.DoesNotContain((await Recording.VerifyAsync(others, backend)).Movements, one => one.Kind == MovementKind.Input);
    }

    [Fact]
    public async Task Verify_OptionsThatNoImplementationTakes_AreNotEvaluated()
    {
        FakeBackend backend = new();
        VectorFile file = Chosen(await Recording.RecordAsync(backend));
        VectorTest test = file.Tests[0] with { Options = new VectorOptions { Reduction = "none", PosWeight = 2 } };

        FileVerification bare = await Recording.VerifyAsync(
            file with { Tests = [test with { Recorded = test.Recorded.Clear() }, .. file.Tests[1..]] }, backend);
        FileVerification recorded = await Recording.VerifyAsync(file with { Tests = [test, .. file.Tests[1..]] }, backend);

        Assert.Empty(bare.Movements);
        Assert.Empty(bare.Unrecorded);
        Assert.All(recorded.Movements, movement => Assert.Equal((MovementKind.Declaration, 1), (movement.Kind, movement.Count)));
        Assert.Equal(2, recorded.Movements.Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Verify_OtherVersionAtTheTruth_MovedWithinItsContract(bool requiresBits)
    {
        VectorFile file = await Recording.RecordAsync(new FakeBackend());

        FileVerification verification = await Recording.VerifyAsync(file, TruthfulBackend("2.0.0"), requiresBits);

        ImplementationVerification report = Report(verification, FakeBackend.Loose);
        Assert.True(report.VersionMoved);
        Assert.True(report.WithinContract > 200);
        Assert.Equal(0, report.Beyond);
        Assert.Contains(verification.Movements, movement => movement.Kind == MovementKind.WithinContract && movement.Implementation == FakeBackend.Loose);
        Assert.All(
            verification.Movements,
            movement => Assert.Equal(requiresBits || movement.Implementation == FakeBackend.Exact, movement.IsFailure));
    }

    [Fact]
    public async Task Verify_SameVersionAtTheTruth_IsAFailure()
    {
        VectorFile file = await Recording.RecordAsync(new FakeBackend());

        FileVerification verification = await Recording.VerifyAsync(file, TruthfulBackend("1.0.0"));

        Assert.DoesNotContain(verification.Movements, movement => movement.Kind == MovementKind.WithinContract);
        Assert.Contains(verification.Movements, movement => movement is { Kind: MovementKind.Value, IsFailure: true, Implementation: FakeBackend.Loose });
        Assert.Contains(verification.Movements, movement => movement is { Kind: MovementKind.NonFinite, IsFailure: true, Implementation: FakeBackend.Loose });
    }

    [Fact]
    public async Task Verify_OtherVersionFurtherThanItsContract_IsAFailure()
    {
        VectorFile file = await Recording.RecordAsync(new FakeBackend());
        FakeBackend backend = new()
        {
            Status = BackendStatus.Available([new(FakeBackend.BackendName, "2.0.0")]),
            Complete = request =>
            {
                for (int i = 0; i < request.Loss.Shape.Count; i++)
                {
                    request.Loss.SetBits(i, request.Loss.DType.ToBits(1000 + i));
                }

                return Evaluation.Completed(request);
            },
        };

        FileVerification verification = await Recording.VerifyAsync(file, backend);

        Assert.Equal(12 + 1 + 100, Report(verification, FakeBackend.Loose).Beyond);
        Assert.All(verification.Movements, movement => Assert.True(movement.IsFailure));
    }

    [Theory]
    [InlineData("1.0.0", VerificationState.Verified, 1)]
    [InlineData("0.9.0", VerificationState.OtherVersion, 0)]
    public async Task Verify_VersionedKey_IsComparedWithThatVersionAlone(string version, VerificationState state, int failures)
    {
        string key = $"{FakeBackend.Exact}@{version}";
        VectorFile recorded = await Recording.RecordAsync(new FakeBackend());
        string moved = Recording.Next(recorded.Tests[0].Recorded[FakeBackend.Exact].Loss!, DType.Float32, 7);
        VectorFile file = Recording.Change(recorded, json =>
        {
            JsonObject all = json["tests"]![0]!["recorded"]!.AsObject();
            JsonNode copy = all[FakeBackend.Exact]!.DeepClone();
            copy["version"] = version;
            Recording.SetBits(copy["loss"]!, 7, moved);
            all.Add(key, copy);
        });

        FileVerification verification = await Recording.VerifyAsync(file, new FakeBackend());

        ImplementationVerification report = Report(verification, key);
        Assert.Equal(state, report.State);
        Assert.Equal(failures, verification.Movements.Count(movement => movement.Implementation == key && movement.IsFailure));
        Assert.Equal(failures, verification.Movements.Length);
        Assert.Equal(state == VerificationState.Verified ? null : $"version {version} is recorded, and 1.0.0 is here", report.Message);
    }

    [Fact]
    public async Task Verify_RecordedUnderItsVersionAlone_IsNotUnrecorded()
    {
        VectorFile file = Recording.Change(await Recording.RecordAsync(new FakeBackend()), json =>
        {
            foreach (JsonNode? test in json["tests"]!.AsArray())
            {
                JsonObject all = test!["recorded"]!.AsObject();
                JsonNode copy = all[FakeBackend.Exact]!.DeepClone();
                all.Remove(FakeBackend.Exact);
                all.Add($"{FakeBackend.Exact}@1.0.0", copy);
            }
        });

        Assert.Empty((await Recording.VerifyAsync(file, new FakeBackend())).Unrecorded);
    }

    [Fact]
    public async Task Verify_TestWithoutId_IsRefused()
    {
        VectorFile file = Recording.Change(
            await Recording.RecordAsync(new FakeBackend()), json => json["tests"]![0]!.AsObject().Remove("id"));

        await Assert.ThrowsAsync<InvalidInputException>(() => Recording.VerifyAsync(file, new FakeBackend()));
    }

    private static VectorFile WithTruth(VectorFile file) =>
        new VectorEvaluator("a.json", file).WithTruth(new Progress<RunProgress>(), TestContext.Current.CancellationToken);

    private static VectorFile Chosen(VectorFile file) => file with { Tests = [.. file.Tests.Select((test, i) => test with { Id = $"chosen/{i}" })] };

    private static FakeBackend TruthfulBackend(string version)
    {
        LossOracle oracle = Loss.All[0].CreateOracle(LossOptions.Default);
        return new FakeBackend { Status = BackendStatus.Available([new(FakeBackend.BackendName, version)]), Complete = Complete };

        Evaluation Complete(EvaluationRequest request)
        {
            DType dtype = request.Logits.DType;
            double[] logits = request.Logits.ToDoubles();
            double[] labels = request.Labels.ToDoubles();
            bool isMean = request.Reduction == Reduction.Mean;
            for (int i = 0; i < logits.Length; i++)
            {
                request.Gradient!.SetBits(i, dtype.ToBits(oracle.Gradient(dtype, logits[i], labels[i], count: isMean ? logits.Length : 1).Value));
                if (!isMean)
                {
                    request.Loss.SetBits(i, dtype.ToBits(oracle.Loss(dtype, logits[i], labels[i]).Value));
                }
            }

            if (isMean)
            {
                request.Loss.SetBits(0, dtype.ToBits(oracle.Mean(dtype, logits, labels).Value));
            }

            return Evaluation.Completed(request);
        }
    }

    private static JsonNode Recorded(JsonNode file, string implementation, int test = 0) => file["tests"]![test]!["recorded"]![implementation]!;

    private static ImplementationVerification Report(FileVerification verification, string implementation) =>
        verification.Implementations.Single(one => one.Implementation == implementation);
}
