using System.Numerics;
using System.Runtime.CompilerServices;

namespace Conformance.Kernels.Drivers;

/// <summary>
/// Operands of one shape with any strides. Dimensions are sorted from inner to outer and merged where all operands allow it, so that
/// views with their dimensions in the same order are as good as contiguous ones, and cut into tiles. An operand that has its part of each
/// tile in one piece is used where it is; of others a tile at a time is copied to or from a buffer that stays in the cache.
/// </summary>
/// <remarks>The order of the elements is its own: no result depends on it. The dimensions are in memory of the caller, who waits.</remarks>
internal unsafe struct StridedOperands : IOperands
{
    /// <summary>The most dimensions: 2³¹ elements have no more of a length above 1.</summary>
    public const int MaxRank = 31;

    // Four of these, and what they are copied from, fit into the nearest cache.
    private const int BufferBytes = 4096;

    // From here on a call of the loop costs little beside its work.
    private const nint LongRun = 128;

    // Two lines of the cache: to be read or written together where operands go different ways.
    private const int PatchBytes = 128;

    private const int Alignment = 64;

    private readonly StridedDimension* _dimensions;
    private readonly int _elementSize;
    private PerOperand _addresses;
    private int _rank;
    private nint _tiles = 1;
    private nint _slot = 1;
    private uint _outputs;
    private uint _direct;

    /// <summary>Operands.</summary>
    /// <param name="dimensions">Room for <see cref="MaxRank"/> dimensions.</param>
    /// <param name="lengths">The shape: at least one element and at most 2³¹.</param>
    /// <param name="elementSize">The size of an element in bytes.</param>
    /// <param name="x">The logits.</param>
    /// <param name="z">The labels.</param>
    /// <param name="first">The losses, or the weights.</param>
    /// <param name="second">The gradients.</param>
    /// <param name="areOutputs">Whether the last two are written.</param>
    public StridedOperands(
        StridedDimension* dimensions,
        ReadOnlySpan<nint> lengths,
        int elementSize,
        StridedView x,
        StridedView z,
        StridedView first,
        StridedView second,
        bool areOutputs)
    {
        _dimensions = dimensions;
        _elementSize = elementSize;
        _addresses[0] = x.Address;
        _addresses[1] = z.Address;
        _addresses[2] = first.Address;
        _addresses[3] = second.Address;
        _outputs = areOutputs ? 0b1100u : 0;
        for (int i = lengths.Length - 1; i >= 0; i--)
        {
            if (lengths[i] > 1)
            {
                StridedDimension dimension = new() { Length = lengths[i], Tile = 1 };
                dimension.Strides[0] = x.Strides[i];
                dimension.Strides[1] = z.Strides[i];
                dimension.Strides[2] = first.Address == 0 ? 0 : first.Strides[i];
                dimension.Strides[3] = second.Address == 0 ? 0 : second.Strides[i];
                Insert(dimension);
            }
        }

        Merge();
        Cut();
    }

    /// <inheritdoc/>
    /// <remarks>A tile takes a power of two of the range, so that no part of it cuts one.</remarks>
    public readonly nint Length => _tiles * _slot;

    /// <summary>Whether two operands share memory; where their strides differ, whether they may.</summary>
    /// <param name="operand">One, which shares no memory with itself.</param>
    /// <param name="other">The other one.</param>
    /// <returns>True if they do.</returns>
    public readonly bool Overlap(int operand, int other)
    {
        nint apart = _addresses[other] - _addresses[operand];
        if (apart >= Extent(operand) || -apart >= Extent(other))
        {
            return false;
        }

        return apart % _elementSize != 0 || !HaveSameStrides(operand, other) || CanReach(operand, apart / _elementSize, nint.MaxValue);
    }

    /// <summary>Whether two operands are the same elements in the same order.</summary>
    /// <param name="operand">One.</param>
    /// <param name="other">The other one.</param>
    /// <returns>True if they are.</returns>
    public readonly bool AreSame(int operand, int other) => _addresses[operand] == _addresses[other] && HaveSameStrides(operand, other);

    /// <inheritdoc/>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Walk<TElement, TRun>(ref TRun run, nint start, nint length)
        where TElement : unmanaged
        where TRun : struct, IRun<TElement>
    {
        byte* room = stackalloc byte[(PerOperand.Count * BufferBytes) + Alignment];
        byte* buffers = (byte*)(((nuint)room + Alignment - 1) & ~(nuint)(Alignment - 1));
        nint* indices = stackalloc nint[MaxRank];
        nint* extents = stackalloc nint[MaxRank];
        nint tile = start / _slot;
        nint rest = tile;
        for (int i = 0; i < _rank; i++)
        {
            (rest, indices[i]) = Math.DivRem(rest, _dimensions[i].Tiles);
        }

        for (nint end = (start + length) / _slot; tile < end; tile++)
        {
            WalkTile<TElement, TRun>(ref run, indices, extents, buffers);
            for (int i = 0; i < _rank && ++indices[i] == _dimensions[i].Tiles; i++)
            {
                indices[i] = 0;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void WalkTile<TElement, TRun>(ref TRun run, nint* indices, nint* extents, byte* buffers)
        where TElement : unmanaged
        where TRun : struct, IRun<TElement>
    {
        PerOperand places = _addresses;
        nint count = 1;
        for (int i = 0; i < _rank; i++)
        {
            ref StridedDimension dimension = ref _dimensions[i];
            nint at = indices[i] * dimension.Tile;
            extents[i] = Math.Min(dimension.Tile, dimension.Length - at);
            count *= extents[i];
            for (int operand = 0; operand < PerOperand.Count; operand++)
            {
                places[operand] += at * dimension.Strides[operand] * sizeof(TElement);
            }
        }

        PerOperand pieces = places;
        for (int operand = 0; operand < PerOperand.Count; operand++)
        {
            if (IsCopied(operand))
            {
                byte* buffer = buffers + (operand * BufferBytes);
                pieces[operand] = (nint)buffer;
                if (!IsOutput(operand))
                {
                    StridedCopy.Gather<TElement>((byte*)places[operand], buffer, _dimensions, extents, _rank, operand);
                }
            }
        }

        run.Invoke((TElement*)pieces[0], (TElement*)pieces[1], (TElement*)pieces[2], (TElement*)pieces[3], count);
        for (int operand = 0; operand < PerOperand.Count; operand++)
        {
            if (IsCopied(operand) && IsOutput(operand))
            {
                StridedCopy.Scatter<TElement>((byte*)pieces[operand], (byte*)places[operand], _dimensions, extents, _rank, operand);
            }
        }
    }

    private readonly bool IsPresent(int operand) => _addresses[operand] != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool IsCopied(int operand) => (_direct >> operand & 1) == 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool IsOutput(int operand) => (_outputs >> operand & 1) != 0;

    // From inner to outer; of equals the one that comes first is further in.
    private void Insert(in StridedDimension dimension)
    {
        int at = _rank++;
        for (; at > 0 && _dimensions[at - 1].Reach > dimension.Reach; at--)
        {
            _dimensions[at] = _dimensions[at - 1];
        }

        _dimensions[at] = dimension;
    }

    private void Merge()
    {
        int merged = 0;
        for (int i = 1; i < _rank; i++)
        {
            if (Continues(_dimensions[merged], _dimensions[i]))
            {
                _dimensions[merged].Length *= _dimensions[i].Length;
            }
            else
            {
                _dimensions[++merged] = _dimensions[i];
            }
        }

        _rank = Math.Min(_rank, merged + 1);
    }

    private static bool Continues(in StridedDimension inner, in StridedDimension outer)
    {
        for (int operand = 0; operand < PerOperand.Count; operand++)
        {
            if (outer.Strides[operand] != inner.Strides[operand] * inner.Length)
            {
                return false;
            }
        }

        return true;
    }

    private void Cut()
    {
        if (_rank > 0 && _dimensions[0].Length >= LongRun && AreAllUnit(0))
        {
            _dimensions[0].Tile = Math.Min(_dimensions[0].Length, ThreadTeam.PartLength);
        }
        else
        {
            FillBuffers();
        }

        nint size = 1;
        for (int i = 0; i < _rank; i++)
        {
            ref StridedDimension dimension = ref _dimensions[i];
            dimension.Tiles = DivideUp(dimension.Length, dimension.Tile);
            dimension.Tile = DivideUp(dimension.Length, dimension.Tiles);
            size *= dimension.Tile;
            _tiles *= dimension.Tiles;
        }

        _slot = (nint)BitOperations.RoundUpToPowerOf2((nuint)size);
        for (int operand = 0; operand < PerOperand.Count; operand++)
        {
            if (!IsPresent(operand) || IsInOnePiece(operand))
            {
                _direct |= 1u << operand;
            }
        }
    }

    // First a patch where an operand's neighbours are in another direction, then as much as there is room for, from inner to outer.
    private readonly void FillBuffers()
    {
        nint room = BufferBytes / _elementSize;
        for (int i = 0; i < _rank; i++)
        {
            ref StridedDimension dimension = ref _dimensions[i];
            if (i == 0 || HoldsNeighbours(i))
            {
                dimension.Tile = Math.Min(Math.Min(dimension.Length, PatchBytes / _elementSize), room);
                room /= dimension.Tile;
            }
        }

        for (int i = 0; i < _rank; i++)
        {
            ref StridedDimension dimension = ref _dimensions[i];
            room *= dimension.Tile;
            dimension.Tile = Math.Min(dimension.Length, room);
            room /= dimension.Tile;
        }
    }

    // Of an operand that jumps in the innermost dimension.
    private readonly bool HoldsNeighbours(int dimension)
    {
        for (int operand = 0; operand < PerOperand.Count; operand++)
        {
            if (_dimensions[dimension].Strides[operand] == 1 && _dimensions[0].Strides[operand] > 1)
            {
                return true;
            }
        }

        return false;
    }

    private readonly bool AreAllUnit(int dimension)
    {
        for (int operand = 0; operand < PerOperand.Count; operand++)
        {
            if (IsPresent(operand) && _dimensions[dimension].Strides[operand] != 1)
            {
                return false;
            }
        }

        return true;
    }

    // Only the outermost dimension of a piece may be cut.
    private readonly bool IsInOnePiece(int operand)
    {
        nint piece = 1;
        bool isWhole = true;
        for (int i = 0; i < _rank; i++)
        {
            ref StridedDimension dimension = ref _dimensions[i];
            if (dimension.Tile > 1)
            {
                if (!isWhole || dimension.Strides[operand] != piece)
                {
                    return false;
                }

                piece *= dimension.Tile;
                isWhole = dimension.Tile == dimension.Length;
            }
        }

        return true;
    }

    private readonly bool HaveSameStrides(int operand, int other)
    {
        for (int i = 0; i < _rank; i++)
        {
            if (_dimensions[i].Strides[operand] != _dimensions[i].Strides[other])
            {
                return false;
            }
        }

        return true;
    }

    // From the first byte to the last.
    private readonly nint Extent(int operand)
    {
        nint elements = 1;
        for (int i = 0; i < _rank; i++)
        {
            elements += (_dimensions[i].Length - 1) * _dimensions[i].Strides[operand];
        }

        return elements * _elementSize;
    }

    // Whether two elements are so far apart. Strides of a view are longer than all that is within: the nearest two multiples are all to try.
    private readonly bool CanReach(int operand, nint distance, nint below)
    {
        int next = -1;
        for (int i = 0; i < _rank; i++)
        {
            nint stride = _dimensions[i].Strides[operand];
            if (stride < below && (next < 0 || stride > _dimensions[next].Strides[operand]))
            {
                next = i;
            }
        }

        if (next < 0)
        {
            return distance == 0;
        }

        nint longest = _dimensions[next].Strides[operand];
        nint steps = distance / longest;
        nint further = steps + (distance < 0 ? -1 : 1);
        nint most = _dimensions[next].Length - 1;
        return (nint.Abs(steps) <= most && CanReach(operand, distance - (steps * longest), longest))
            || (nint.Abs(further) <= most && CanReach(operand, distance - (further * longest), longest));
    }

    private static nint DivideUp(nint number, nint by) => (number + by - 1) / by;
}
