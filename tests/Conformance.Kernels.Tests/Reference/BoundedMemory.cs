using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Conformance.Kernels.Tests.Reference;

/// <summary>Memory between two pages that nobody may touch: a byte read or written beyond either end ends the process.</summary>
internal sealed unsafe partial class BoundedMemory : IDisposable
{
    private static readonly nuint Page = (nuint)Environment.SystemPageSize;

    private readonly byte* _start;
    private readonly nuint _size;

    /// <summary>Reserves the pages.</summary>
    /// <param name="bytes">Between the guards, at least.</param>
    public BoundedMemory(int bytes)
    {
        nuint inner = ((nuint)bytes + Page - 1) / Page * Page;
        _size = inner + (2 * Page);
        _start = OperatingSystem.IsWindows() ? ReserveOnWindows(_size, inner) : ReserveOnUnix(_size, inner);
    }

    /// <summary>The first elements; the one before them faults.</summary>
    public Span<T> AtStart<T>(int length)
        where T : unmanaged => Inner<T>()[..length];

    /// <summary>The last elements; the one behind them faults.</summary>
    public Span<T> AtEnd<T>(int length)
        where T : unmanaged => Inner<T>()[^length..];

    /// <summary>Reads a byte right before the first element.</summary>
    public byte ReadBeforeStart() => Volatile.Read(ref Unsafe.AsRef<byte>(_start + Page - 1));

    /// <summary>Reads the byte right behind the last element.</summary>
    public byte ReadBehindEnd() => Volatile.Read(ref Unsafe.AsRef<byte>(_start + _size - Page));

    public void Dispose()
    {
        if (OperatingSystem.IsWindows())
        {
            _ = VirtualFree(_start, 0, 0x8000);
        }
        else
        {
            _ = Unmap(_start, _size);
        }
    }

    private Span<T> Inner<T>()
        where T : unmanaged => new(_start + Page, (int)((_size - (2 * Page)) / (nuint)sizeof(T)));

    private static byte* ReserveOnUnix(nuint size, nuint inner)
    {
        // PROT_NONE, then PROT_READ | PROT_WRITE; MAP_PRIVATE | MAP_ANONYMOUS, which systems number differently.
        int flags = OperatingSystem.IsMacOS() || OperatingSystem.IsFreeBSD() ? 0x1002 : 0x22;
        byte* start = Map(null, size, 0, flags, -1, 0);
        return (nint)start != -1 && Protect(start + Page, inner, 3) == 0 ? start : throw new Win32Exception();
    }

    private static byte* ReserveOnWindows(nuint size, nuint inner)
    {
        // MEM_COMMIT | MEM_RESERVE; PAGE_NOACCESS, then PAGE_READWRITE.
        byte* start = VirtualAlloc(null, size, 0x3000, 1);
        return start != null && VirtualProtect(start + Page, inner, 4, out _) != 0 ? start : throw new Win32Exception();
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial byte* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Unmap(void* address, nuint length);

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial byte* VirtualAlloc(void* address, nuint size, uint type, uint protection);

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial int VirtualProtect(void* address, nuint size, uint protection, out uint previous);

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial int VirtualFree(void* address, nuint size, uint type);
}
