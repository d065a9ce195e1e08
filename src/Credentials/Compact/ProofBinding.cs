using System.Formats.Cbor;

namespace Identity.Credentials.Compact;

/// <summary>What a proof is bound to: the digest of a challenge, or the time at which it was drawn and whether the phone is unsure of its clock.</summary>
/// <param name="Challenge">SHA-256 of the challenge, 32 bytes; null in a rolling proof.</param>
/// <param name="Time">Unix seconds; of a rolling proof.</param>
/// <param name="ClockUnsure">Of a rolling proof.</param>
internal readonly record struct ProofBinding(byte[]? Challenge, long Time = 0, bool ClockUnsure = false)
{
    /// <summary>Reads a byte string of 32, or [time, 0 or 1]. Throws as <see cref="CompactCbor"/> does otherwise.</summary>
    public static ProofBinding Read(CborReader reader)
    {
        if (reader.PeekState() == CborReaderState.ByteString) return new ProofBinding(CompactCbor.ReadBytes(reader, 32));
        CompactCbor.ReadArray(reader, 2, 2);
        var time = CompactCbor.ReadInteger(reader, 0, CompactCbor.MaxTime);
        var unsure = CompactCbor.ReadInteger(reader, 0, 1) == 1;
        reader.ReadEndArray();
        return new ProofBinding(null, time, unsure);
    }

    /// <summary>Writes what <see cref="Read"/> reads.</summary>
    public void Write(CborWriter writer)
    {
        if (Challenge is not null)
        {
            writer.WriteByteString(Challenge);
            return;
        }

        writer.WriteStartArray(2);
        writer.WriteInt64(Time);
        writer.WriteInt32(ClockUnsure ? 1 : 0);
        writer.WriteEndArray();
    }
}
