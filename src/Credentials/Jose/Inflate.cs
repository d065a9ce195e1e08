using System.IO.Compression;

namespace Identity.Credentials.Jose;

/// <summary>ZLIB (RFC 1950) with an output cap: 261 kB can hold 256 MB of zeros.</summary>
public static class Inflate
{
    /// <summary>The reason where more would come out than is allowed.</summary>
    public const string TooMuch = "inflates to more than allowed";

    /// <summary>
    /// Inflates one whole ZLIB stream; false with a reason when it is raw deflate, damaged, cut off, followed by other bytes,
    /// or would give more than <paramref name="maxBytes"/>.
    /// </summary>
    public static bool TryInflateZlib(ReadOnlySpan<byte> data, int maxBytes, out byte[] bytes, out string reason)
    {
        bytes = [];
        // RFC 1950 §2.2: deflate, window up to 32 kB, header checksum, no preset dictionary.
        if (data.Length < 8 || (data[0] & 0x0f) != 8 || data[0] >> 4 > 7 || (data[0] << 8 | data[1]) % 31 != 0 || (data[1] & 0x20) != 0)
        {
            reason = "not a ZLIB stream";
            return false;
        }
        try
        {
            var input = new LastByteApart(data.ToArray());
            using var zlib = new ZLibStream(input, CompressionMode.Decompress);
            using var output = new MemoryStream();
            var buffer = new byte[16 * 1024];
            for (int read; (read = zlib.Read(buffer)) > 0;)
            {
                if (output.Length + read > maxBytes) { reason = TooMuch; return false; }
                output.Write(buffer, 0, read);
            }
            if (!input.EndedExactly) { reason = "ZLIB stream is cut off or followed by other bytes"; return false; }
            bytes = output.ToArray();
            reason = "";
            return true;
        }
        catch (InvalidDataException)
        {
            reason = "ZLIB stream is damaged";
            return false;
        }
    }

    /// <summary>Deflates into a ZLIB stream, as small as the framework can.</summary>
    public static byte[] Deflate(ReadOnlySpan<byte> bytes)
    {
        using var output = new MemoryStream();
        using (var zlib = new ZLibStream(output, CompressionLevel.SmallestSize)) zlib.Write(bytes);
        return output.ToArray();
    }

    /// <summary>
    /// Gives all bytes but the last, then the last alone. A decoder that ends exactly at the last byte asks for it and for nothing
    /// after it; one that ended earlier never asks for it; one whose data is cut off asks for more.
    /// </summary>
    private sealed class LastByteApart(byte[] data) : Stream
    {
        private int _position;
        private bool _overrun;

        public bool EndedExactly => _position == data.Length && !_overrun;

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var end = _position < data.Length - 1 ? data.Length - 1 : data.Length;
            var count = Math.Min(buffer.Length, end - _position);
            if (end == _position) _overrun = true;
            data.AsSpan(_position, count).CopyTo(buffer);
            _position += count;
            return count;
        }

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
