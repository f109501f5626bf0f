using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Conformance.Isolation;

/// <summary>Messages over a pipe: a little-endian 32-bit length, then that many bytes of UTF-8 JSON.</summary>
internal static class FrameStream
{
    private const int MaxFrameBytes = 256 << 20;

    public static void WriteFrame<T>(this Stream stream, T message, JsonTypeInfo<T> type) => stream.Write(ToFrame(message, type));

    public static Task WriteFrameAsync<T>(this Stream stream, T message, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        stream.WriteAsync(ToFrame(message, type), cancellationToken).AsTask();

    /// <exception cref="EndOfStreamException">The other side has gone.</exception>
    /// <exception cref="InvalidDataException">What came is not a message.</exception>
    public static async Task<T> ReadFrameAsync<T>(this Stream stream, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        byte[] header = new byte[sizeof(int)];
        await stream.ReadExactlyAsync(header, cancellationToken).ConfigureAwait(false);
        int length = BinaryPrimitives.ReadInt32LittleEndian(header);
        if (length is < 0 or > MaxFrameBytes)
        {
            throw new InvalidDataException($"A worker frame claims {length} bytes.");
        }

        byte[] json = new byte[length];
        await stream.ReadExactlyAsync(json, cancellationToken).ConfigureAwait(false);
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new InvalidDataException("A worker frame is null.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException("A worker frame cannot be read.", exception);
        }
    }

    private static byte[] ToFrame<T>(T message, JsonTypeInfo<T> type)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(message, type);
        byte[] frame = new byte[sizeof(int) + json.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, json.Length);
        json.CopyTo(frame, sizeof(int));
        return frame;
    }
}
