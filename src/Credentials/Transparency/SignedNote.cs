using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Identity.Credentials.Jose;

namespace Identity.Credentials.Transparency;

/// <summary>One signature line of a note: who, the key id, and the signature bytes.</summary>
public sealed record NoteSignature(string Name, uint KeyId, byte[] Signature)
{
    /// <summary>As it stands in a note, with its newline.</summary>
    public string Line
    {
        get
        {
            var bytes = new byte[4 + Signature.Length];
            BinaryPrimitives.WriteUInt32BigEndian(bytes, KeyId);
            Signature.CopyTo(bytes, 4);
            return string.Create(CultureInfo.InvariantCulture, $"— {Name} {Convert.ToBase64String(bytes)}\n");
        }
    }
}

/// <summary>
/// A C2SP signed note: text that ends in a newline, a blank line, signature lines. The text means nothing until
/// <see cref="Verify"/> answered true for a key one trusts.
/// </summary>
/// <param name="Text">What is signed, with its final newline.</param>
/// <param name="Signatures">All signature lines, known keys or not.</param>
public sealed record SignedNote(string Text, IReadOnlyList<NoteSignature> Signatures)
{
    /// <summary>Bytes of the longest note that is read.</summary>
    public const int MaxBytes = 64 * 1024;

    private const int MaxSignatures = 32;
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>The whole note as it is published.</summary>
    public string Full => Text + "\n" + string.Concat(Signatures.Select(s => s.Line));

    /// <summary>First four bytes of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key).</summary>
    public static uint KeyId(string name, ReadOnlySpan<byte> ed25519PublicKey) => VKey.IdOf(name, NoteKeyType.Ed25519, ed25519PublicKey);

    /// <summary>Signs text (with its final newline) under a name. Throws <see cref="ArgumentException"/> for a name or text the format cannot hold.</summary>
    public static SignedNote Sign(string text, string name, ISigner ed25519)
    {
        if (ed25519.Algorithm != "EdDSA") throw new ArgumentException("A note is signed with Ed25519.", nameof(ed25519));
        if (!VKey.IsName(name)) throw new ArgumentException("A key name is not empty and has no space and no plus.", nameof(name));
        if (!text.EndsWith('\n') || HasControl(text)) throw new ArgumentException("The text ends in a newline and has no other control character.", nameof(text));
        if (!Base64Url.TryDecode(ed25519.PublicKey.X, out var publicKey)) throw new ArgumentException("The key has no public part.", nameof(ed25519));
        return new SignedNote(text, [new NoteSignature(name, KeyId(name, publicKey), ed25519.Sign(Encoding.UTF8.GetBytes(text)))]);
    }

    /// <summary>Reads a note without judging its signatures.</summary>
    public static bool TryParse(string? note, out SignedNote? parsed, out string reason)
    {
        parsed = null;
        reason = "note_malformed";
        if (note is null || note.Length > MaxBytes || !IsUtf8(note) || HasControl(note)) return false;

        var split = note.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (split < 0 || !note.EndsWith('\n')) return false;
        if (!TryReadLines(note[(split + 2)..], out var signatures)) return false;
        parsed = new SignedNote(note[..(split + 1)], signatures);
        reason = "";
        return true;
    }

    /// <summary>Reads signature lines, each ended by a newline, as a witness answers them: at least one, at most as many as a note holds.</summary>
    public static bool TryReadLines(string text, out IReadOnlyList<NoteSignature> signatures)
    {
        signatures = [];
        var lines = text.Split('\n');
        if (lines.Length is < 2 or > MaxSignatures + 1 || lines[^1].Length > 0) return false; // at least one line, and what follows the last newline
        var read = new List<NoteSignature>();
        foreach (var line in lines[..^1])
        {
            if (!TryLine(line, out var signature)) return false;
            read.Add(signature!);
        }
        signatures = read;
        return true;
    }

    /// <summary>The note with further signature lines; what it has already is not added again.</summary>
    public SignedNote With(IEnumerable<NoteSignature> further)
    {
        var have = Signatures.Select(s => s.Line).ToHashSet(StringComparer.Ordinal);
        return this with { Signatures = [.. Signatures, .. further.Where(f => have.Add(f.Line))] };
    }

    /// <summary>
    /// Whether the named key signed the text. Lines of other keys are passed over; a line with this name and key id whose
    /// signature fails refuses the whole note.
    /// </summary>
    public bool Verify(string name, ReadOnlySpan<byte> ed25519PublicKey)
    {
        var id = KeyId(name, ed25519PublicKey);
        var mine = Signatures.Where(s => s.Name == name && s.KeyId == id).ToList();
        if (mine.Count == 0) return false;
        var jwk = Jwk.FromEd25519(ed25519PublicKey);
        if (!VerificationKey.TryImport(jwk, out var key, out _)) return false;
        using (key)
        {
            var text = Encoding.UTF8.GetBytes(Text);
            return mine.All(s => key.Verify(text, s.Signature));
        }
    }

    private static bool TryLine(string line, out NoteSignature? signature)
    {
        signature = null;
        var parts = line.Split(' ');
        if (parts.Length != 3 || parts[0] != "—" || !VKey.IsName(parts[1])) return false;
        if (!StrictBase64.TryDecode(parts[2], out var bytes) || bytes.Length <= 4) return false;
        signature = new NoteSignature(parts[1], BinaryPrimitives.ReadUInt32BigEndian(bytes), bytes[4..]);
        return true;
    }

    private static bool HasControl(string text) => text.Any(c => c < 0x20 && c != '\n');

    private static bool IsUtf8(string text)
    {
        try
        {
            return StrictUtf8.GetByteCount(text) <= MaxBytes;
        }
        catch (EncoderFallbackException)
        {
            return false; // a lone surrogate
        }
    }
}
