using System.Buffers.Binary;
using System.Text;
using Conformance.Core.Backends;
using Conformance.Core.Tensors;

namespace Conformance.Isolation.Tests;

/// <summary>Messages come back as they were sent, and what is no message is said to be none.</summary>
public sealed class FrameStreamTests
{
    [Fact]
    public async Task ReadFrame_SeveralWritten_GivesThemInOrder()
    {
        using MemoryStream stream = new();
        WorkResult first = new(Outcome.Completed, WorkSignature.Of(new OutputSignature("float32", new Shape(2, 3))), null, "naïve \"text\"\n");
        WorkResult second = new(Outcome.Crash, null, null, null);
        stream.WriteFrame(first, WorkerJson.Default.WorkResult);
        await stream.WriteFrameAsync(second, WorkerJson.Default.WorkResult, TestContext.Current.CancellationToken);
        stream.Position = 0;

        WorkResult firstRead = await ReadAsync(stream);

        Assert.Equal(new OutputSignature("float32", new Shape(2, 3)), firstRead.Loss!.ToSignature());
        Assert.Equal(first with { Loss = null }, firstRead with { Loss = null });
        Assert.Equal(second, await ReadAsync(stream));
        await Assert.ThrowsAsync<EndOfStreamException>(() => ReadAsync(stream));
    }

    [Fact]
    public async Task ReadFrame_CutShort_IsTheEndOfTheStream()
    {
        using MemoryStream stream = new();
        stream.WriteFrame(new WorkResult(Outcome.Completed, null, null, "text"), WorkerJson.Default.WorkResult);
        stream.SetLength(stream.Length - 1);
        stream.Position = 0;

        await Assert.ThrowsAsync<EndOfStreamException>(() => ReadAsync(stream));
    }

    [Theory]
    [InlineData(-1, "")]
    [InlineData(int.MaxValue, "")]
    [InlineData(4, "null")]
    [InlineData(5, "hello")]
    public async Task ReadFrame_NoMessage_IsInvalidData(int length, string content)
    {
        byte[] frame = new byte[4 + content.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, length);
        Encoding.ASCII.GetBytes(content, frame.AsSpan(4));
        using MemoryStream stream = new(frame);

        await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(stream));
    }

    [Theory]
    [InlineData(-1, 2)]
    [InlineData(1 << 16, 1 << 16)]
    public void ToSignature_ShapeOfNoTensor_IsInvalidData(int first, int second) =>
        Assert.Throws<InvalidDataException>(() => new WorkSignature("float32", [first, second]).ToSignature());

    private static Task<WorkResult> ReadAsync(Stream stream) =>
        stream.ReadFrameAsync(WorkerJson.Default.WorkResult, TestContext.Current.CancellationToken);
}
