using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Identity.Credentials.Jose;

namespace Identity.Credentials.Transparency;

/// <summary>
/// C2SP tlog-cosignature, <c>cosignature/v1</c>: a witness states that at this time the largest consistent tree it has seen of the log has this root.
/// A line's signature is 8 bytes of seconds since 1970, big-endian, then 64 bytes of Ed25519 over <c>cosignature/v1</c>, <c>time N</c> and the whole text of the note.
/// </summary>
public static class Cosignature
{
    private const int Size = sizeof(ulong) + 64;

    /// <summary>Signs a checkpoint's text (with its final newline) as a witness of this name.</summary>
    /// <param name="text">The text of the note: three lines, and extension lines where the log wrote any.</param>
    /// <param name="name">The witness's name.</param>
    /// <param name="ed25519">Its key, used for nothing else: the signed message does not hold the name.</param>
    /// <param name="time">When; kept to the second.</param>
    public static NoteSignature Sign(string text, string name, ISigner ed25519, DateTimeOffset time)
    {
        var key = VKey.Of(name, NoteKeyType.CosignatureV1, ed25519);
        if (!text.EndsWith('\n')) throw new ArgumentException("The text ends in a newline.", nameof(text));
        var seconds = time.ToUnixTimeSeconds();
        ArgumentOutOfRangeException.ThrowIfNegative(seconds);
        var bytes = new byte[Size];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, (ulong)seconds);
        ed25519.Sign(Message(seconds, text)).CopyTo(bytes, sizeof(ulong));
        return new NoteSignature(name, key.Id, bytes);
    }

    /// <summary>
    /// Whether this witness cosigned the note, and when (the latest, where it did so more than once). As with <see cref="SignedNote.Verify"/>, a line with its name
    /// and key id that fails refuses all of its lines.
    /// </summary>
    public static bool TryVerify(SignedNote note, VKey witness, out DateTimeOffset time)
    {
        time = default;
        if (witness.Type != NoteKeyType.CosignatureV1) return false;
        var id = witness.Id;
        var lines = note.Signatures.Where(s => s.Name == witness.Name && s.KeyId == id).ToList();
        if (lines.Count == 0 || !VerificationKey.TryImport(Jwk.FromEd25519(witness.PublicKey), out var key, out _)) return false;
        using (key)
        {
            foreach (var line in lines)
            {
                if (line.Signature.Length != Size) return false;
                var seconds = BinaryPrimitives.ReadUInt64BigEndian(line.Signature);
                if (seconds > (ulong)DateTimeOffset.MaxValue.ToUnixTimeSeconds()) return false;
                if (!key.Verify(Message((long)seconds, note.Text), line.Signature.AsSpan(sizeof(ulong)))) return false;
                var at = DateTimeOffset.FromUnixTimeSeconds((long)seconds);
                if (at > time) time = at;
            }
        }
        return true;
    }

    private static byte[] Message(long seconds, string text) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"cosignature/v1\ntime {seconds}\n{text}"));
}
