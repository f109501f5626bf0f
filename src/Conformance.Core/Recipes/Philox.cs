using System.Numerics;

namespace Conformance.Core.Recipes;

/// <summary>
/// The Philox-4×w-10 counter-based generator: ten rounds that map a counter of four words under a key of two words to
/// four random words, without state. Cases use it with 32-bit words (Philox4x32-10); with 64-bit words it is the bit
/// generator of <c>numpy.random.Philox</c>, by which the shared code is tested.
/// </summary>
/// <remarks>Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC'11.</remarks>
public static class Philox
{
    private const int Rounds = 10;

    /// <summary>Philox4x32-10.</summary>
    /// <param name="counter">The four counter words, least significant first.</param>
    /// <param name="key">The two key words.</param>
    /// <returns>Four random words.</returns>
    public static PhiloxBlock<uint> Generate(PhiloxBlock<uint> counter, (uint First, uint Second) key) =>
        Generate(counter, key, 0xD2511F53u, 0xCD9E8D57u, 0x9E3779B9u, 0xBB67AE85u);

    /// <summary>Philox4x64-10.</summary>
    /// <param name="counter">The four counter words, least significant first.</param>
    /// <param name="key">The two key words.</param>
    /// <returns>Four random words.</returns>
    public static PhiloxBlock<ulong> Generate(PhiloxBlock<ulong> counter, (ulong First, ulong Second) key) =>
        Generate(counter, key, 0xD2E7470EE14C6C93ul, 0xCA5A826395121157ul, 0x9E3779B97F4A7C15ul, 0xBB67AE8584CAA73Bul);

    private static PhiloxBlock<TWord> Generate<TWord>(
        PhiloxBlock<TWord> block, (TWord First, TWord Second) key, TWord multiplier0, TWord multiplier1, TWord weyl0, TWord weyl1)
        where TWord : unmanaged, IBinaryInteger<TWord>
    {
        for (int round = 0; round < Rounds; round++)
        {
            (TWord high0, TWord low0) = Multiply(multiplier0, block.Word0);
            (TWord high1, TWord low1) = Multiply(multiplier1, block.Word2);
            block = new(high1 ^ block.Word1 ^ key.First, low1, high0 ^ block.Word3 ^ key.Second, low0);
            key = (unchecked(key.First + weyl0), unchecked(key.Second + weyl1));
        }

        return block;
    }

    private static (TWord High, TWord Low) Multiply<TWord>(TWord left, TWord right)
        where TWord : unmanaged, IBinaryInteger<TWord>
    {
        if (typeof(TWord) == typeof(uint))
        {
            ulong product = ulong.CreateTruncating(left) * ulong.CreateTruncating(right);
            return (TWord.CreateTruncating(product >> 32), TWord.CreateTruncating(product));
        }

        ulong high = Math.BigMul(ulong.CreateTruncating(left), ulong.CreateTruncating(right), out ulong low);
        return (TWord.CreateTruncating(high), TWord.CreateTruncating(low));
    }
}
