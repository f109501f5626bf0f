using Conformance.Core.Shrinking;
using Conformance.Core.Tensors;
using CsCheck;

namespace Conformance.Core.Tests.Shrinking;

public sealed class SimplicityTests
{
    public static TheoryData<string> DTypes() => [.. DType.All.Select(dtype => dtype.Name)];

    [Fact]
    public void KeyOf_Values_AreOrderedAsPeopleWould()
    {
        double[] ordered = [0, -0.0, 1, -1, 0.5, -0.5, 2, -2, 4, 128, Math.ScaleB(1, -100), 1.5, -1.5, 3, 100, 0.1f, double.PositiveInfinity, double.NegativeInfinity, double.NaN];

        Assert.Equal(ordered, ordered.Reverse().OrderBy(value => Simplicity.KeyOf(DType.Float32, DType.Float32.ToBits(value))));
    }

    [Theory]
    [MemberData(nameof(DTypes))]
    public void Of_AnyBits_AreSimplerAndFiniteAndInOrder(string name)
    {
        DType dtype = DType.Find(name)!;
        Gen.Select(Gen.ULong, Gen.Bool).Sample((random, isLabel) =>
        {
            ulong bits = random & dtype.BitMask;
            ulong[] simpler = Simplicity.Of(dtype, bits, isLabel);
            Assert.All(simpler, candidate => Assert.True(Simplicity.IsSimpler(dtype, candidate, bits) && double.IsFinite(dtype.ToDouble(candidate))));
            Assert.Equal(simpler.OrderBy(candidate => Simplicity.KeyOf(dtype, candidate)), simpler);
            Assert.Equal(simpler.Distinct(), simpler);
            Assert.True(simpler.Length <= 64);
        });
    }

    [Fact]
    public void Of_ZeroAndOneAsLabels_LeaveNothingToTry()
    {
        Assert.Empty(Simplicity.Of(DType.Float32, 0, isLabel: true));
        Assert.Equal([0ul], Simplicity.Of(DType.Float32, DType.Float32.ToBits(1), isLabel: true));
    }

    [Fact]
    public void Of_LabelBetweenZeroAndOne_StaysThere()
    {
        Gen.Float[0, 1].Sample(label => Assert.All(
            Simplicity.Of(DType.Float32, DType.Float32.ToBits(label), isLabel: true), bits => Assert.InRange(DType.Float32.ToDouble(bits), 0, 1)));
    }

    [Fact]
    public void Of_PowerOfTwo_HasThoseOnTheWayToOne() =>
        Assert.Contains(DType.Float32.ToBits(Math.ScaleB(1, 63)), Simplicity.Of(DType.Float32, DType.Float32.ToBits(Math.ScaleB(1, 126)), isLabel: false));
}
