using Conformance.Core.Losses;
using Conformance.Core.Losses.SigmoidCrossEntropy;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;
using Conformance.Core.Tests.Oracles;
using CsCheck;

namespace Conformance.Core.Tests.Losses;

/// <summary>The identities that truths must keep, and which planted errors each of them finds.</summary>
public sealed class SigmoidCrossEntropyOraclePropertyTests
{
    private const int Iterations = 1000;

    // Every kind of logit and label, as values of a dtype.
    private static readonly Gen<(DType DType, double Logit, double Label)> Inputs = Gen.Select(
        Gen.OneOf([.. DType.All]),
        Gen.OneOf(
            Gen.Double[-12, 12],
            Gen.Double[-120, 120],
            Gen.Double[-800, 800],
            Gen.Select(Gen.Double[1, 2], Gen.Int[-1074, 1023], Gen.OneOf(-1.0, 1.0), (significand, exponent, sign) => sign * Math.ScaleB(significand, exponent)),
            Gen.Select(Gen.Double[1, 2], Gen.Int[-24, 15], Gen.OneOf(-1.0, 1.0), (significand, exponent, sign) => sign * Math.ScaleB(significand, exponent))),
        Gen.OneOf(
            Gen.OneOf(0.0, 1.0),
            Gen.OneOf(0.5, 0.25, 0.75),
            Gen.Double[0, 1],
            Gen.Select(Gen.Int[1, 60], Gen.Bool, (k, isHigh) => isHigh ? 1 - Math.ScaleB(1, -k) : Math.ScaleB(1, -k)),
            Gen.Double[-1, 2]),
        (dtype, logit, label) => (dtype, Rounded(dtype, logit), Rounded(dtype, label)));

    // One drawing for all plants: CsCheck would go on after a failure, to find a smaller one.
    private static readonly Lazy<(DType DType, double Logit, double Label)[]> Drawn = new(() => Inputs.Array[Iterations].Single());

    public static readonly TheoryData<string> Properties = [.. SigmoidCrossEntropyOracleProperties.All.Keys];

    public static readonly TheoryData<string> Plants =
    [
        "everywhere", "positive logits", "|x| > 5", "|x| < 0.01", "hard labels", "soft labels", "labels outside [0, 1]", "losses only",
        "gradients only", "gradients of negative logits", "sums only", "misrounding",
    ];

    [Theory]
    [MemberData(nameof(Properties))]
    public void Oracle_EveryKindOfInput_KeepsTheProperty(string property) =>
        Inputs.Sample(input => Check(property, Loss.All[0].CreateOracle, input), iter: Iterations);

    [Theory]
    [MemberData(nameof(Plants))]
    public void Properties_OneUnitInTheLastPlacePlanted_FindIt(string plant) =>
        Assert.Contains(SigmoidCrossEntropyOracleProperties.All.Keys, property => Finds(property, plant));

    [Theory]
    [MemberData(nameof(Properties))]
    public void Property_OneUnitInTheLastPlacePlanted_FindsSomePlant(string property) =>
        Assert.Contains(Plants, plant => Finds(property, plant.Data));

    private static bool Finds(string property, string plant) =>
        Array.Exists(Drawn.Value, input => !Check(property, options => Plant(plant, options), input));

    private static bool Check(string property, Func<LossOptions, LossOracle> make, (DType DType, double Logit, double Label) input) =>
        !double.IsFinite(input.Logit) || SigmoidCrossEntropyOracleProperties.All[property](make, input.DType, input.Logit, input.Label);

    private static PlantedOracle Plant(string plant, LossOptions options)
    {
        LossOracle oracle = SigmoidCrossEntropyLoss.Instance.CreateOracle(options);
        return plant switch
        {
            "everywhere" => new PlantedOracle(oracle, Always, Always, sums: true),
            "positive logits" => Both((x, _) => x > 0),
            "|x| > 5" => Both((x, _) => Math.Abs(x) > 5),
            "|x| < 0.01" => Both((x, _) => Math.Abs(x) < 0.01),
            "hard labels" => Both((_, z) => z is 0 or 1),
            "soft labels" => Both((_, z) => z is > 0 and < 1),
            "labels outside [0, 1]" => Both((_, z) => z is < 0 or > 1),
            "losses only" => new PlantedOracle(oracle, loss: Always),
            "gradients only" => new PlantedOracle(oracle, gradient: Always),
            "gradients of negative logits" => new PlantedOracle(oracle, gradient: (x, _) => x < 0),
            "sums only" => new PlantedOracle(oracle, sums: true),
            "misrounding" => new PlantedOracle(oracle, Always, Always, sums: true, isMisrounding: true),
            _ => throw new ArgumentOutOfRangeException(nameof(plant), plant, "No plant of that name."),
        };

        PlantedOracle Both(Func<double, double, bool> where) => new(oracle, where, where);
    }

    private static bool Always(double logit, double label) => true;

    private static double Rounded(DType dtype, double value) => dtype.ToDouble(dtype.ToBits(value));
}
