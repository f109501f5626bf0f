using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Conformance.Kernels.Drivers;

/// <summary>Copies a tile of a strided operand to a buffer, where elements follow each other from the innermost dimension outwards, and back.</summary>
internal static unsafe class StridedCopy
{
    // Where a dimension is shorter than this, another one makes the better inner loop.
    private const nint LongEnough = 8;

    /// <summary>Copies to the buffer.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <param name="operand">The tile.</param>
    /// <param name="buffer">The buffer.</param>
    /// <param name="dimensions">The dimensions.</param>
    /// <param name="extents">Their lengths in the tile.</param>
    /// <param name="rank">How many.</param>
    /// <param name="index">Which operand it is.</param>
    public static void Gather<T>(byte* operand, byte* buffer, StridedDimension* dimensions, nint* extents, int rank, int index)
        where T : unmanaged =>
        Copy<T>(operand, buffer, dimensions, extents, rank, index, isGather: true);

    /// <summary>Copies from the buffer.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <param name="buffer">The buffer.</param>
    /// <param name="operand">The tile.</param>
    /// <param name="dimensions">The dimensions.</param>
    /// <param name="extents">Their lengths in the tile.</param>
    /// <param name="rank">How many.</param>
    /// <param name="index">Which operand it is.</param>
    public static void Scatter<T>(byte* buffer, byte* operand, StridedDimension* dimensions, nint* extents, int rank, int index)
        where T : unmanaged =>
        Copy<T>(buffer, operand, dimensions, extents, rank, index, isGather: false);

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Copy<T>(byte* from, byte* to, StridedDimension* dimensions, nint* extents, int rank, int index, bool isGather)
        where T : unmanaged
    {
        Loop* loops = stackalloc Loop[StridedOperands.MaxRank];
        int count = 0;
        nint dense = sizeof(T);
        for (int i = 0; i < rank; i++)
        {
            if (extents[i] > 1)
            {
                nint stride = dimensions[i].Strides[index] * sizeof(T);
                loops[count++] = new Loop(extents[i], isGather ? stride : dense, isGather ? dense : stride, stride == sizeof(T));
                dense *= extents[i];
            }
        }

        // Elements that are neighbours on both sides are copied as rows.
        nint row = sizeof(T);
        if (count > 0 && loops[0].IsUnit)
        {
            row *= loops[0].Length;
            loops++;
            count--;
        }

        MoveInward(loops, count);
        if (row == sizeof(T))
        {
            Copy(from, to, new Elements<T>(), loops, count);
        }
        else if (row < sizeof(uint) * 2)
        {
            Copy(from, to, new Rows<uint>(row), loops, count);
        }
        else if (row < sizeof(ulong) * 2)
        {
            Copy(from, to, new Rows<ulong>(row), loops, count);
        }
        else
        {
            Copy(from, to, new Rows<Vector128<byte>>(row), loops, count);
        }
    }

    // The innermost: the dimension in which the operand has neighbours, if it is long enough, or the longest.
    private static void MoveInward(Loop* loops, int count)
    {
        int best = 0;
        for (int i = 1; i < count; i++)
        {
            if (loops[i].Merit > loops[best].Merit)
            {
                best = i;
            }
        }

        if (count > 0)
        {
            (loops[0], loops[best]) = (loops[best], loops[0]);
        }
    }

    private static void Copy<TPieces>(byte* from, byte* to, TPieces pieces, Loop* loops, int count)
        where TPieces : struct, IPieces
    {
        if (count > 1)
        {
            ref Loop outer = ref loops[count - 1];
            for (nint i = 0; i < outer.Length; i++)
            {
                Copy(from + (i * outer.FromStride), to + (i * outer.ToStride), pieces, loops, count - 1);
            }

            return;
        }

        pieces.Copy(from, to, count > 0 ? loops[0] : new Loop(1, 0, 0, false));
    }

    private interface IPieces
    {
        void Copy(byte* from, byte* to, Loop loop);
    }

    private readonly struct Elements<T> : IPieces
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Copy(byte* from, byte* to, Loop loop)
        {
            if (loop.FromStride == 0 && loop.ToStride == sizeof(T))
            {
                new Span<T>(to, (int)loop.Length).Fill(Unsafe.ReadUnaligned<T>(from));
                return;
            }

            nint left = loop.Length;
            for (; left >= 4; left -= 4)
            {
                T first = Unsafe.ReadUnaligned<T>(from);
                T second = Unsafe.ReadUnaligned<T>(from + loop.FromStride);
                T third = Unsafe.ReadUnaligned<T>(from + (2 * loop.FromStride));
                T fourth = Unsafe.ReadUnaligned<T>(from + (3 * loop.FromStride));
                Unsafe.WriteUnaligned(to, first);
                Unsafe.WriteUnaligned(to + loop.ToStride, second);
                Unsafe.WriteUnaligned(to + (2 * loop.ToStride), third);
                Unsafe.WriteUnaligned(to + (3 * loop.ToStride), fourth);
                from += 4 * loop.FromStride;
                to += 4 * loop.ToStride;
            }

            for (; left > 0; left--)
            {
                Unsafe.WriteUnaligned(to, Unsafe.ReadUnaligned<T>(from));
                from += loop.FromStride;
                to += loop.ToStride;
            }
        }
    }

    // Rows of at least one TWord: the last word may overlap the one before it.
    private readonly struct Rows<TWord>(nint bytes) : IPieces
        where TWord : unmanaged
    {
        private readonly nint _last = bytes - sizeof(TWord);

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Copy(byte* from, byte* to, Loop loop)
        {
            for (nint left = loop.Length; left > 0; left--)
            {
                for (nint i = 0; i < _last; i += sizeof(TWord))
                {
                    Unsafe.WriteUnaligned(to + i, Unsafe.ReadUnaligned<TWord>(from + i));
                }

                Unsafe.WriteUnaligned(to + _last, Unsafe.ReadUnaligned<TWord>(from + _last));
                from += loop.FromStride;
                to += loop.ToStride;
            }
        }
    }

    private readonly struct Loop(nint length, nint fromStride, nint toStride, bool isUnit)
    {
        public readonly nint Length = length;
        public readonly nint FromStride = fromStride;
        public readonly nint ToStride = toStride;
        public readonly bool IsUnit = isUnit;

        public nint Merit => IsUnit && Length >= LongEnough ? nint.MaxValue : Length;
    }
}
