namespace Conformance.Kernels;

/// <summary>The bits of a bfloat16: the upper half of an IEEE 754 binary32. The runtime has no such type; this one only carries elements.</summary>
/// <param name="Bits">Sign, eight bits of exponent, seven of significand.</param>
public readonly record struct BFloat16(ushort Bits);
