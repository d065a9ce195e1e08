using System.IO.Compression;
using Identity.Credentials.Jose;

namespace Identity.Credentials.Tests.Jose;

public sealed class InflateTests
{
    private static readonly byte[] Some = [.. Enumerable.Range(0, 5_000).Select(i => (byte)(i * i >> 3))];

    [Fact]
    public void What_is_deflated_is_inflated()
    {
        foreach (var bytes in new[] { Some, [1], new byte[100_000] })
        {
            Assert.True(Inflate.TryInflateZlib(Inflate.Deflate(bytes), bytes.Length, out var again, out var reason), reason);
            Assert.Equal(bytes, again);
        }
    }

    [Fact]
    public void A_zlib_bomb_stops_at_the_cap()
    {
        var bomb = Inflate.Deflate(new byte[64 << 20]);
        Assert.InRange(bomb.Length, 1, 100_000);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.False(Inflate.TryInflateZlib(bomb, 100_000, out _, out var reason));

        Assert.Equal("inflates to more than allowed", reason);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_000_000);
    }

    [Fact]
    public void One_byte_over_the_cap_is_refused() => Assert.False(Inflate.TryInflateZlib(Inflate.Deflate(Some), Some.Length - 1, out _, out _));

    [Fact]
    public void A_stream_cut_off_anywhere_is_refused()
    {
        var whole = Inflate.Deflate(Some);
        for (var length = 0; length < whole.Length; length += length < 50 || length > whole.Length - 50 ? 1 : 37)
        {
            Assert.False(Inflate.TryInflateZlib(whole.AsSpan(0, length), 100_000, out _, out _), $"{length} of {whole.Length}");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(100_000)]
    public void Bytes_after_the_end_are_refused(int extra) =>
        Assert.False(Inflate.TryInflateZlib([.. Inflate.Deflate(Some), .. new byte[extra]], 1_000_000, out _, out _));

    [Fact]
    public void Two_streams_in_a_row_are_refused() =>
        Assert.False(Inflate.TryInflateZlib([.. Inflate.Deflate(Some), .. Inflate.Deflate(Some)], 1_000_000, out _, out _));

    [Fact]
    public void Raw_deflate_and_gzip_are_refused()
    {
        using var raw = new MemoryStream();
        using (var deflate = new DeflateStream(raw, CompressionLevel.Optimal, leaveOpen: true)) deflate.Write(Some);
        using var gzip = new MemoryStream();
        using (var zip = new GZipStream(gzip, CompressionLevel.Optimal, leaveOpen: true)) zip.Write(Some);

        Assert.False(Inflate.TryInflateZlib(raw.ToArray(), 100_000, out _, out _));
        Assert.False(Inflate.TryInflateZlib(gzip.ToArray(), 100_000, out _, out _));
    }

    [Fact]
    public void A_wrong_checksum_is_refused()
    {
        var whole = Inflate.Deflate(Some);
        whole[^1] ^= 1;

        Assert.False(Inflate.TryInflateZlib(whole, 100_000, out _, out _));
    }
}
