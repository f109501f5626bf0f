using System.Collections.Immutable;
using Conformance.Core.Judging;
using Conformance.Core.Runs;
using Conformance.Golden.Verification;
using Conformance.TestKit;

namespace Conformance.Cli.Tests;

public sealed class VerificationTextTests
{
    [Fact]
    public Task Write_OneOfEverything_IsAsApproved()
    {
        using StringWriter text = new();
        VerificationText.Write(OneOfEverything(), text);
        return Snapshot.Verify(text.ToString());
    }

    [Fact]
    public Task ToText_OneOfEverything_IsAsApproved() => Snapshot.Verify(VerificationJson.ToText(OneOfEverything()), "json");

    private static GoldenVerification OneOfEverything()
    {
        Element one = new("0x3f800000", "1");
        Element next = new("0x3f800001", "1.0000001");
        return GoldenVerification.Of(
            Tolerance.Default,
            requiresBits: false,
            ["native"],
            [new BackendReport("native", true, ImmutableSortedDictionary<string, string>.Empty.Add("native", "0.1.0"), null, null)],
            [
                new FileVerification
                {
                    Path = "golden/vectors/sigmoid_cross_entropy.float32.json",
                    Loss = "sigmoid_cross_entropy",
                    Tests = 3,
                    Expected = new TruthVerification(3, 60, 2),
                    Implementations =
                    [
                        Implementation("native/sigmoid_cross_entropy") with { Equal = 19, Close = 1, MaxUlps = 1, IsReproducible = true },
                        Implementation("tensorflow/nn/eager") with
                        {
                            LiveVersion = "2.22.0", RecordedVersions = ["2.21.0"], Equal = 12, Close = 5, WithinContract = 2, Beyond = 1, MaxUlps = 12,
                        },
                        Implementation("tensorflow/nn/eager@2.20.0") with
                        {
                            State = VerificationState.OtherVersion, LiveVersion = null, RecordedVersions = ["2.20.0"],
                            Elements = 0, Message = "version 2.20.0 is recorded, and 2.22.0 is here",
                        },
                        Implementation("keras/binary_crossentropy") with
                        {
                            State = VerificationState.Unavailable, LiveVersion = null, RecordedVersions = ["3.15.1"],
                            Elements = 0, Message = "Keras is not installed. Install it.",
                        },
                    ],
                    Movements =
                    [
                        Moved(MovementKind.Input) with { TestId = "sigmoid_cross_entropy/float32/a", Output = "logits" },
                        Moved(MovementKind.Expected) with { Count = 2 },
                        Moved(MovementKind.Value) with { Implementation = "tensorflow/nn/eager" },
                        Moved(MovementKind.Bits) with { TestId = "sigmoid_cross_entropy/float32/b", Implementation = "native/sigmoid_cross_entropy" },
                        Moved(MovementKind.WithinContract) with { Implementation = "tensorflow/nn/eager", IsFailure = false, Count = 2 },
                    ],
                    Unrecorded = [new UnrecordedImplementation("onnxruntime/softplus", 3, IsRecordedElsewhere: false)],
                },
                new FileVerification
                {
                    Path = "truths.json",
                    Loss = "sigmoid_cross_entropy",
                    Tests = 1,
                    Expected = new TruthVerification(1, 1, 0),
                    Implementations = [],
                    Movements = [],
                    Unrecorded = [],
                },
            ]);

        Movement Moved(MovementKind kind) => new()
        {
            Kind = kind, IsFailure = true, TestId = "tail-lost/float32/channels_first/none/1", Output = "loss", Index = 3,
            Logit = one, Label = one, Recorded = one, Live = next, Ulps = 1,
        };

        static ImplementationVerification Implementation(string id) => new()
        {
            Implementation = id, State = VerificationState.Verified, RecordedVersions = ["0.1.0"], LiveVersion = "0.1.0", Tests = 2, Elements = 20,
        };
    }
}
