using System.Security.Cryptography;
using System.Text;
using Conformance.Core.Cases;
using Conformance.Core.Losses;
using Conformance.Core.Recipes;
using Conformance.Core.Tensors;

namespace Conformance.Core.Tests.Cases;

/// <summary>
/// Inputs follow from a case's id for ever: of every recipe the first three elements of draw 3 under seed 1 in shape 2x5x10,
/// and the first 16 digits of the SHA-256 of all hundred in hexadecimal.
/// </summary>
/// <remarks>
/// All rows but that of the recipe normal in float64 come from a second implementation, in Python with NumPy, of the generator and
/// the recipes; that row was taken down from the code.
/// </remarks>
public sealed class FrozenInputTests
{
    [Theory]
    [InlineData("float32", "uniform", "3db7e298 3f3bd1d5 3f38f4ea", "f99c6102abc19973")]
    [InlineData("float32", "normal", "bf84c6b9 4083ce9e 405cf576", "6efc638b289c53dd")]
    [InlineData("float32", "wide", "41b7eef5 c2617cbd c23f856f", "0b697c9cc9877267")]
    [InlineData("float32", "bits", "e51e34c6 6180c5fa f4050083", "b5ef27085d629ca8")]
    [InlineData("float32", "logspaced", "eadb2923 1ddf1364 50786fca", "94c91b33fa6c2eb8")]
    [InlineData("float32", "edges", "c2200000 42ae999a c2ae999a", "65e2123460b6323b")]
    [InlineData("float64", "uniform", "3fcee3329a3c12d0 3fea0ea6f0c70a8b 3fd6c5859cae04c0", "2a7e3082cb75f0cf")]
    [InlineData("float64", "normal", "bff0c52215b95d76 c015db1e80852ff9 bfe96310277d6546", "53ca428fbf3a2fdb")]
    [InlineData("float64", "wide", "40271ea9196fd5ce 40502d62dc906cb8 405b14c0d0f9def1", "f16907594379c51b")]
    [InlineData("float64", "bits", "b509c2baad3113a2 b54d6e63df228fbb 8d7033919885d486", "d4bb2c760bcd25e9")]
    [InlineData("float64", "logspaced", "4b5c04898e14e7fb d1a0e0101924f587 57f9649f377e5984", "48a839678412e2ef")]
    [InlineData("float64", "edges", "c044000000000000 4055d33333333333 c055d33333333333", "db96ae7851a2e988")]
    public void FillInputs_Logits_AreTheFrozenBits(string dtype, string recipe, string first, string sum)
    {
        using NativeTensorArena arena = new();
        AssertFrozen(Given.Inputs(arena, Frozen(dtype, LogitRecipe.Find(recipe)!, LabelRecipe.Soft)).Logits, first, sum);
    }

    [Theory]
    [InlineData("float32", "hard20", "00000000 00000000 00000000", "84d8610a8ca84976")]
    [InlineData("float32", "hard50", "00000000 3f800000 00000000", "50ac0085568e9706")]
    [InlineData("float32", "soft", "3ed648d4 3dcffdd0 3d7821e0", "002587544276946f")]
    [InlineData("float32", "smoothed", "3d4ccccd 3d4ccccd 3d4ccccd", "f1064349e90c5ae8")]
    [InlineData("float32", "nearhard", "3f7fffe0 3f7fffe0 3f7ffffc", "682775a455b91ac1")]
    [InlineData("float32", "outside", "be6ca6c4 3fb7957b 3fd3295f", "ffe57f31c657f607")]
    [InlineData("float32", "nan", "3f800000 00000000 00000000", "9cd1b262c902e4ad")]
    [InlineData("float64", "hard20", "3ff0000000000000 0000000000000000 3ff0000000000000", "dd71e1ae494575d6")]
    [InlineData("float64", "hard50", "3ff0000000000000 3ff0000000000000 3ff0000000000000", "b92d0ab1a1cdc81c")]
    [InlineData("float64", "soft", "3fd7821a06ace6e8 3fed80d94b3951bd 3fbde42e019c2b58", "a341647b3fd53089")]
    [InlineData("float64", "smoothed", "3fa999999999999a 3fa999999999999a 3fee666666666666", "c7da388b7d4a1445")]
    [InlineData("float64", "nearhard", "3fefffffffffe000 3fa0000000000000 3f80000000000000", "5216ca02be753f7b")]
    [InlineData("float64", "outside", "3ffaba41dbc2c382 bfef716bb5f18fa5 3ff10fb035a63690", "14dbde06399e0c92")]
    [InlineData("float64", "nan", "3ff0000000000000 0000000000000000 0000000000000000", "35e0a0719183ad06")]
    public void FillInputs_Labels_AreTheFrozenBits(string dtype, string recipe, string first, string sum)
    {
        using NativeTensorArena arena = new();
        AssertFrozen(Given.Inputs(arena, Frozen(dtype, LogitRecipe.Uniform, LabelRecipe.Find(recipe)!)).Labels, first, sum);
    }

    private static Case Frozen(string dtype, LogitRecipe logits, LabelRecipe labels) => new(
        new Draw(Loss.Find("sigmoid_cross_entropy")!, DType.Find(dtype)!, new Shape(2, 5, 10), logits, labels, 1, 3),
        Layout.ChannelsFirst,
        Reduction.None);

    private static void AssertFrozen(Tensor tensor, string first, string sum)
    {
        Assert.Equal(first, string.Join(' ', Enumerable.Range(0, 3).Select(i => tensor.DType.ToHex(tensor.BitsAt(i)))));
        Assert.Equal(sum, Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(tensor.ToHex())))[..16]);
    }
}
