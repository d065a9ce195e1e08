using System.Buffers.Binary;
using System.Numerics;

namespace Identity.Ledger.Evm;

/// <summary>Keccak-256 as Ethereum uses it: the padding before FIPS 202 (0x01), so its digests differ from SHA3-256.</summary>
public static class Keccak256
{
    private const int Rate = 136;

    private static readonly ulong[] RoundConstants = MakeRoundConstants();

    /// <summary>The 32-byte digest.</summary>
    public static byte[] Hash(ReadOnlySpan<byte> data)
    {
        Span<ulong> state = stackalloc ulong[25];
        state.Clear();
        while (data.Length >= Rate)
        {
            Absorb(state, data[..Rate]);
            data = data[Rate..];
        }
        Span<byte> last = stackalloc byte[Rate];
        last.Clear();
        data.CopyTo(last);
        last[data.Length] = 0x01;
        last[Rate - 1] |= 0x80;
        Absorb(state, last);

        var digest = new byte[32];
        for (var i = 0; i < 4; i++) BinaryPrimitives.WriteUInt64LittleEndian(digest.AsSpan(8 * i), state[i]);
        return digest;
    }

    private static void Absorb(Span<ulong> state, ReadOnlySpan<byte> block)
    {
        for (var i = 0; i < Rate / 8; i++) state[i] ^= BinaryPrimitives.ReadUInt64LittleEndian(block[(8 * i)..]);
        Permute(state);
    }

    // Keccak-f[1600], lanes at index x + 5y.
    private static void Permute(Span<ulong> a)
    {
        Span<ulong> c = stackalloc ulong[5];
        foreach (var constant in RoundConstants)
        {
            for (var x = 0; x < 5; x++) c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20]; // theta
            for (var x = 0; x < 5; x++)
            {
                var d = c[(x + 4) % 5] ^ BitOperations.RotateLeft(c[(x + 1) % 5], 1);
                for (var y = 0; y < 25; y += 5) a[x + y] ^= d;
            }

            // rho and pi walk the same path: the lane at (x, y) moves to (y, 2x + 3y), turned by the triangular numbers.
            var (px, py, moved) = (1, 0, a[1]);
            for (var t = 0; t < 24; t++)
            {
                (px, py) = (py, (2 * px + 3 * py) % 5);
                var lane = px + 5 * py;
                var next = a[lane];
                a[lane] = BitOperations.RotateLeft(moved, (t + 1) * (t + 2) / 2 % 64);
                moved = next;
            }

            for (var y = 0; y < 25; y += 5) // chi
            {
                for (var x = 0; x < 5; x++) c[x] = a[x + y];
                for (var x = 0; x < 5; x++) a[x + y] = c[x] ^ (~c[(x + 1) % 5] & c[(x + 2) % 5]);
            }

            a[0] ^= constant; // iota
        }
    }

    // The constants come from an 8-bit shift register (FIPS 202, algorithm 5): bit 2^j - 1 of each is one register output.
    private static ulong[] MakeRoundConstants()
    {
        var constants = new ulong[24];
        var register = 1;
        for (var round = 0; round < 24; round++)
            for (var j = 0; j < 7; j++)
            {
                if ((register & 1) != 0) constants[round] |= 1UL << ((1 << j) - 1);
                register <<= 1;
                if ((register & 0x100) != 0) register ^= 0x171;
            }
        return constants;
    }
}
