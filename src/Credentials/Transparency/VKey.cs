using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Identity.Credentials.Jose;

namespace Identity.Credentials.Transparency;

/// <summary>What a key of a note signs with it: the signature type byte of C2SP signed-note.</summary>
public enum NoteKeyType : byte
{
    /// <summary>Ed25519 over the text of the note: a log's own signature.</summary>
    Ed25519 = 0x01,

    /// <summary>Ed25519 over time and text: a witness's cosignature/v1 (C2SP tlog-cosignature).</summary>
    CosignatureV1 = 0x04,
}

/// <summary>A verifier key of C2SP signed-note: whose signature lines count, and how they are checked. Written <c>name+keyid+base64(type ‖ key)</c>.</summary>
/// <param name="Name">Not empty, without space and plus; usually a URL without its scheme.</param>
/// <param name="Type">What it signs.</param>
/// <param name="PublicKey">32 bytes, an acceptable Ed25519 point.</param>
public sealed record VKey(string Name, NoteKeyType Type, byte[] PublicKey)
{
    /// <summary>Characters of the longest spelling that is read.</summary>
    public const int MaxLength = 512;

    /// <summary>First four bytes of SHA-256(name ‖ 0x0A ‖ type ‖ public key).</summary>
    public uint Id => IdOf(Name, Type, PublicKey);

    /// <summary>The key of a signer under a name.</summary>
    /// <exception cref="ArgumentException">The signer is not Ed25519, or the name cannot stand in a note.</exception>
    public static VKey Of(string name, NoteKeyType type, ISigner ed25519)
    {
        if (ed25519.Algorithm != "EdDSA") throw new ArgumentException("A note is signed with Ed25519.", nameof(ed25519));
        if (!IsName(name)) throw new ArgumentException("A key name is not empty and has no space and no plus.", nameof(name));
        return new VKey(name, type, ed25519.PublicKey.XBytes());
    }

    /// <summary>Reads a key. Refused: another type, a wrong key id, a key of small order, any spelling but the canonical one.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out VKey? key)
    {
        key = null;
        if (text is null || text.Length > MaxLength) return false;
        var parts = text.Split('+', 3); // the base64 may hold a plus, the name may not
        if (parts.Length != 3 || !IsName(parts[0]) || !StrictBase64.TryDecode(parts[2], out var bytes) || bytes.Length != 33) return false;
        var type = (NoteKeyType)bytes[0];
        if (!Enum.IsDefined(type) || !VerificationKey.TryImport(Jwk.FromEd25519(bytes.AsSpan(1)), out var usable, out _)) return false;
        usable.Dispose();
        var read = new VKey(parts[0], type, bytes[1..]);
        if (read.ToString() != text) return false;
        key = read;
        return true;
    }

    /// <summary>The one spelling.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Name}+{Id:x8}+{Convert.ToBase64String([(byte)Type, .. PublicKey])}");

    /// <summary>Same name, type and bytes.</summary>
    public bool Equals(VKey? other) => other is not null && Name == other.Name && Type == other.Type && PublicKey.AsSpan().SequenceEqual(other.PublicKey);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Type, Id);

    internal static uint IdOf(string name, NoteKeyType type, ReadOnlySpan<byte> publicKey)
    {
        byte[] input = [.. Encoding.UTF8.GetBytes(name), 0x0A, (byte)type, .. publicKey];
        return BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(input));
    }

    internal static bool IsName(string name) => name.Length > 0 && !name.Any(c => char.IsWhiteSpace(c) || c == '+');
}
