using Conformance.Core.Recipes;

namespace Conformance.Core.Tests.Recipes;

public sealed class PhiloxTests
{
    // The known answers of Random123 for philox4x32-10.
    [Theory]
    [InlineData(0x00000000u, 0x00000000u, 0x00000000u, 0x00000000u, 0x00000000u, 0x00000000u, "6627e8d5 e169c58d bc57ac4c 9b00dbd8")]
    [InlineData(0xFFFFFFFFu, 0xFFFFFFFFu, 0xFFFFFFFFu, 0xFFFFFFFFu, 0xFFFFFFFFu, 0xFFFFFFFFu, "408f276d 41c83b0e a20bc7c6 6d5451fd")]
    [InlineData(0x243F6A88u, 0x85A308D3u, 0x13198A2Eu, 0x03707344u, 0xA4093822u, 0x299F31D0u, "d16cfe09 94fdcceb 5001e420 24126ea1")]
    public void Generate_32BitWords_GivesTheKnownAnswers(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, string expected)
    {
        PhiloxBlock<uint> block = Philox.Generate(new PhiloxBlock<uint>(c0, c1, c2, c3), (k0, k1));
        Assert.Equal(expected, $"{block.Word0:x8} {block.Word1:x8} {block.Word2:x8} {block.Word3:x8}");
    }

    // From NumPy 2.4: Philox(counter=c, key=k).random_raw(4). NumPy increments the counter before the first block, so
    // that the counters here are c + 1; in the third row c is [2^64 - 1, 0, 0, 0].
    [Theory]
    [InlineData(1ul, 0ul, 0ul, 0ul, 0ul, 0ul, "02f4ba6408e4d89b 3dd62b0b9ca8c5b2 1c8667a55d902e79 907d7a052fd5b4dc")]
    [InlineData(2ul, 2ul, 3ul, 4ul, 5ul, 6ul, "92ab6a0e75619263 d8ff75bdc6bf8f60 450e124938725640 94eb1a7cffd20cbb")]
    [InlineData(0ul, 1ul, 0ul, 0ul, ulong.MaxValue, ulong.MaxValue, "0183ae9cef09fd9d a10efc28478ade93 82e383671190a84e 7a78e407151a04be")]
    [InlineData(
        0x243F6A8885A308D4ul, 0x13198A2E03707344ul, 0xA4093822299F31D0ul, 0x082EFA98EC4E6C89ul, 0x452821E638D01377ul, 0xBE5466CF34E90C6Cul,
        "4c8e672094922aa3 527061cd2884102a f4c265b2d783d553 0556e76cb0298c8d")]
    public void Generate_64BitWords_GivesWhatNumPyGives(ulong c0, ulong c1, ulong c2, ulong c3, ulong k0, ulong k1, string expected)
    {
        PhiloxBlock<ulong> block = Philox.Generate(new PhiloxBlock<ulong>(c0, c1, c2, c3), (k0, k1));
        Assert.Equal(expected, $"{block.Word0:x16} {block.Word1:x16} {block.Word2:x16} {block.Word3:x16}");
    }
}
