using Conformance.Core.Tensors;
using CsCheck;

namespace Conformance.Core.Tests.Tensors;

public sealed class LayoutTests
{
    [Fact]
    public void Apply_ChannelsLast_PutsClassesLast()
    {
        Shape logical = new(2, 5, 10);
        Assert.Equal(new Shape(2, 5, 10), Layout.ChannelsFirst.Apply(logical));
        Assert.Equal(new Shape(2, 10, 5), Layout.ChannelsLast.Apply(logical));
    }

    [Fact]
    public void ToMemory_KnownElement_IsWhereItsIndicesSay()
    {
        Shape logical = new(2, 5, 10);
        int index = (1 * 50) + (3 * 10) + 7;
        Assert.Equal(index, Layout.ChannelsFirst.ToMemory(logical, index));
        Assert.Equal((1 * 50) + (7 * 5) + 3, Layout.ChannelsLast.ToMemory(logical, index));
    }

    [Fact]
    public void ToMemory_AnyShape_IsTheTranspositionAndABijection() =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 6], Gen.Int[0, 9]).Sample((batch, classes, length) =>
        {
            Shape logical = new(batch, classes, length);
            HashSet<int> seen = [];
            for (int b = 0; b < batch; b++)
            {
                for (int c = 0; c < classes; c++)
                {
                    for (int l = 0; l < length; l++)
                    {
                        int memory = Layout.ChannelsLast.ToMemory(logical, (((b * classes) + c) * length) + l);
                        Assert.Equal((((b * length) + l) * classes) + c, memory);
                        Assert.True(seen.Add(memory));
                    }
                }
            }
        });

    [Fact]
    public void Find_Names_AreTheWireNames()
    {
        Assert.Equal(["channels_first", "channels_last"], Layout.All.Select(layout => layout.ToString()));
        Assert.All(Layout.All, layout => Assert.Same(layout, Layout.Find(layout.Name)));
        Assert.Null(Layout.Find("channels"));
    }
}
