using Conformance.Core.Recipes;

namespace Conformance.Core.Tests.Recipes;

public sealed class RandomBlocksTests
{
    [Fact]
    public void Indexer_SameNameSeedDrawAndElement_IsTheSameBlock() =>
        Assert.Equal(new RandomBlocks("name", 1, 2)[3], new RandomBlocks("name", 1, 2)[3]);

    [Fact]
    public void Indexer_AnyOtherNameSeedDrawOrElement_IsAnotherBlock()
    {
        PhiloxBlock<uint>[] blocks =
        [
            new RandomBlocks("name", 1, 2)[3],
            new RandomBlocks("Name", 1, 2)[3],
            new RandomBlocks(string.Empty, 1, 2)[3],
            new RandomBlocks("name", 2, 2)[3],
            new RandomBlocks("name", 1ul + (1ul << 32), 2)[3],
            new RandomBlocks("name", 1, 3)[3],
            new RandomBlocks("name", 1, 2)[4],
            new RandomBlocks("name", 1, 2)[2],
        ];
        Assert.Equal(blocks.Length, blocks.Distinct().Count());
    }

    // FNV-1a of the empty text is its offset basis, 0xCBF29CE484222325.
    [Fact]
    public void Indexer_EmptyName_IsPhiloxAtTheDocumentedCounter() => Assert.Equal(
        Philox.Generate(new PhiloxBlock<uint>(7, 9, 0x84222325, 0xCBF29CE4), (0xFFFFFFFE, 0x12345678)),
        new RandomBlocks(string.Empty, 0x12345678FFFFFFFE, 9)[7]);

    [Fact]
    public void Indexer_ManyElements_AreAllDifferent()
    {
        RandomBlocks blocks = new("name", 1, 0);
        Assert.Equal(20_000, Enumerable.Range(0, 20_000).Select(i => blocks[i]).Distinct().Count());
    }
}
