using System.Diagnostics;
using System.Globalization;
using Conformance.Core.Tensors;

namespace Conformance.Isolation.Tests;

/// <summary>Where shared tensors lie, and that nothing of them is left behind.</summary>
public sealed class SharedTensorArenaTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("arena-test-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("float32")]
    [InlineData("float64")]
    public void Allocate_AnyShape_Is64ByteAlignedAndApart(string dtype)
    {
        DType type = DType.Find(dtype)!;
        using SharedTensorArena arena = new();
        Shape[] shapes = [new Shape(1), Shape.Scalar, new Shape(0, 5), new Shape(3, 7), new Shape(16), new Shape(17), new Shape(1)];

        Tensor[] tensors = [.. shapes.Select(shape => arena.Allocate(type, shape))];
        for (int i = 0; i < tensors.Length; i++)
        {
            tensors[i].Bytes.Fill((byte)(i + 1));
        }

        Assert.All(tensors, tensor => Assert.Equal(0, tensor.Address % 64));
        Assert.Equal(tensors.Length, tensors.Select(tensor => tensor.Address).Distinct().Count());
        Assert.All(Enumerable.Range(0, tensors.Length), i => Assert.All(tensors[i].Bytes.ToArray(), value => Assert.Equal(i + 1, value)));
    }

    [Fact]
    public void Allocate_Tensor_HasTheBytesOfItsFile()
    {
        using SharedTensorArena arena = new();
        arena.Allocate(DType.Float32, new Shape(3));
        Tensor tensor = arena.Allocate(DType.Float32, new Shape(2));
        tensor.SetBits(0, 0x3F800000);
        tensor.SetBits(1, 0x40490FDB);

        byte[] bytes = new byte[8];
        using FileStream file = new(tensor.Location!.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Position = tensor.Location.Offset;
        file.ReadExactly(bytes);

        Assert.Equal(tensor.Bytes.ToArray(), bytes);
    }

    [Fact]
    public void Reset_AfterAllocations_HandsOutTheSameMemory()
    {
        using SharedTensorArena arena = new();
        SharedLocation[] first = [.. Enumerable.Range(1, 9).Select(i => arena.Allocate(DType.Float64, new Shape(i * 11)).Location!)];

        arena.Reset();

        Assert.Equal(first, Enumerable.Range(1, 9).Select(i => arena.Allocate(DType.Float64, new Shape(i * 11)).Location!));
    }

    [Fact]
    public void Allocate_LargerThanASegment_GetsAFileOfItsOwn()
    {
        using SharedTensorArena arena = new([_root]);
        Tensor small = arena.Allocate(DType.Float32, new Shape(4));
        Tensor large = arena.Allocate(DType.Float32, new Shape((64 << 20) / 4 + 1));
        Tensor next = arena.Allocate(DType.Float32, new Shape(4));
        large.SetBits(large.Shape.Count - 1, 7);

        Assert.NotEqual(small.Location!.Path, large.Location!.Path);
        Assert.Equal(7ul, large.BitsAt(large.Shape.Count - 1));
        Assert.Equal(0, next.Address % 64);

        arena.Reset();
        Assert.Equal(large.Location, arena.Allocate(DType.Float32, large.Shape).Location);
        Assert.Equal(3, Directory.GetFiles(Path.GetDirectoryName(small.Location.Path)!).Length);
    }

    [Fact]
    public void Allocate_FirstFolderCannotBeUsed_TakesTheNext()
    {
        string blocked = Path.Combine(_root, "file");
        File.WriteAllText(blocked, string.Empty);
        using SharedTensorArena arena = new([blocked, _root]);

        Tensor tensor = arena.Allocate(DType.Float32, new Shape(4));

        Assert.StartsWith(_root + Path.DirectorySeparatorChar + "conformance-", tensor.Location!.Path, StringComparison.Ordinal);
    }

    [Fact]
    public void Allocate_NoFolderCanBeUsed_Throws()
    {
        string blocked = Path.Combine(_root, "file");
        File.WriteAllText(blocked, string.Empty);
        using SharedTensorArena arena = new([blocked]);

        Assert.Contains(blocked, Assert.Throws<Core.InvalidInputException>(() => arena.Allocate(DType.Float32, new Shape(4))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Dispose_WithFiles_DeletesThemAndMayBeRepeated()
    {
        SharedTensorArena arena = new();
        string path = arena.Allocate(DType.Float32, new Shape(4)).Location!.Path;
        Assert.True(File.Exists(path));

        arena.Dispose();
        arena.Dispose();

        Assert.False(Directory.Exists(Path.GetDirectoryName(path)));
    }

    [Fact]
    public void Dispose_WithoutAllocations_LeavesNothing()
    {
        new SharedTensorArena([_root]).Dispose();

        Assert.Empty(Directory.GetFileSystemEntries(_root));
    }

    [Fact]
    public async Task Create_LeftoversOfOthers_SweepsThoseOfDeadProcessesOnly()
    {
        string dead = LeftoverOf(await DeadProcessIdAsync());
        string live = LeftoverOf(Environment.ProcessId);
        string foreign = Directory.CreateDirectory(Path.Combine(_root, "conformance-results")).FullName;

        new SharedTensorArena([_root]).Dispose();

        Assert.False(Directory.Exists(dead));
        Assert.True(File.Exists(Path.Combine(live, "0")));
        Assert.True(Directory.Exists(foreign));
    }

    private static async Task<int> DeadProcessIdAsync()
    {
        using Process process = Process.Start(new ProcessStartInfo("dotnet", ["--version"]) { RedirectStandardOutput = true })!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.Id;
    }

    private string LeftoverOf(int processId)
    {
        string folder = Path.Combine(_root, string.Create(CultureInfo.InvariantCulture, $"conformance-{processId}-{Guid.NewGuid():N}"));
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "0"), "left");
        return folder;
    }
}
