using System.Text.Json;

namespace Conformance.Golden.Vectors;

/// <summary>Writes a vector file test by test, to the same bytes as <see cref="VectorFile.Write"/>, so that it is never in memory as a whole.</summary>
public sealed class VectorStreamWriter : IDisposable
{
    private readonly VectorFile _frame;
    private readonly Stream _destination;
    private readonly Utf8JsonWriter _writer;
    private int _written;

    /// <summary>Begins a file.</summary>
    /// <param name="frame">Everything but the tests; its count says how many will follow.</param>
    /// <param name="destination">Receives UTF-8.</param>
    public VectorStreamWriter(VectorFile frame, Stream destination)
    {
        _frame = frame;
        _destination = destination;
        _writer = new Utf8JsonWriter(destination, VectorFileWriter.Options);
        VectorFileWriter.WriteStart(_writer, frame);
    }

    /// <summary>Writes a test through to the destination.</summary>
    /// <param name="test">The test.</param>
    public void Write(VectorTest test)
    {
        VectorFileWriter.WriteTest(_writer, test);
        _writer.Flush();
        _written++;
    }

    /// <summary>Ends the file.</summary>
    /// <exception cref="InvalidOperationException">Not as many tests were written as its count says.</exception>
    public void Complete()
    {
        if (_written != _frame.Count)
        {
            throw new InvalidOperationException($"The file's count is {_frame.Count}, and {_written} tests were written.");
        }

        VectorFileWriter.WriteEnd(_writer, _frame);
        _writer.Flush();
        _destination.WriteByte((byte)'\n');
    }

    /// <summary>Gives up what is not written through; the destination stays as it is.</summary>
    public void Dispose()
    {
        _writer.Reset(Stream.Null);
        _writer.Dispose();
    }
}
