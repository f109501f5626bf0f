using Conformance.Golden.Storage;

namespace Conformance.Golden.Tests.Storage;

/// <summary>File operations on a disk that has room for so many bytes.</summary>
/// <param name="room">The bytes.</param>
internal sealed class FullDiskFiles(long room) : ActFiles
{
    private long _room = room;

    protected override FileStream Create(string path) => new FullStream(this, path);

    private sealed class FullStream(FullDiskFiles disk, string path) : FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0)
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (buffer.Length > disk._room)
            {
                base.Write(buffer[..(int)disk._room]);
                disk._room = 0;
                throw new IOException("No space left on device");
            }

            disk._room -= buffer.Length;
            base.Write(buffer);
        }
    }
}
