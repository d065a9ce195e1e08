using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Identity.Credentials.Cose;
using Identity.Credentials.Jose;

namespace Identity.Credentials.Trust;

/// <summary>What is signed of a trust pack: its version, its times, and the length and digest of its content.</summary>
public sealed class PackStatement
{
    /// <summary>What the signature is bound to.</summary>
    public const string Purpose = "identity-trust-pack-v3";

    /// <summary>Offline this stands in for the expiry of status lists: nothing is good for longer.</summary>
    public static readonly TimeSpan MaxLife = TimeSpan.FromHours(72);

    /// <summary>Clocks may differ by this much.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    internal const int MaxBytes = 400;

    private readonly CoseSign1 _sign1;

    private PackStatement(CoseSign1 sign1, Jwk signer, long version, DateTimeOffset madeAt, DateTimeOffset goodUntil, int length, byte[] digest) =>
        (_sign1, Signer, Version, MadeAt, GoodUntil, Length, Digest) = (sign1, signer, version, madeAt, goodUntil, length, digest);

    /// <summary>The key that signed; it counts only where its thumbprint is pinned.</summary>
    public Jwk Signer { get; }

    /// <summary>Only rises.</summary>
    public long Version { get; }

    /// <summary>Up to when the maker had read the ledger, whole seconds.</summary>
    public DateTimeOffset MadeAt { get; }

    /// <summary>From then on the pack proves nothing.</summary>
    public DateTimeOffset GoodUntil { get; }

    /// <summary>Bytes of the content.</summary>
    public int Length { get; }

    /// <summary>SHA-256 of the content.</summary>
    public byte[] Digest { get; }

    /// <summary>The COSE_Sign1.</summary>
    public byte[] Encoded => _sign1.Encoded;

    /// <summary>Signs for a content.</summary>
    /// <exception cref="ArgumentException">A life longer than <see cref="MaxLife"/> or none, or a content that is too long.</exception>
    public static PackStatement Sign(byte[] content, long version, DateTimeOffset madeAt, DateTimeOffset goodUntil, ISigner signer)
    {
        if (goodUntil <= madeAt || goodUntil - madeAt > MaxLife) throw new ArgumentException("A pack is good for 72 hours at most.", nameof(goodUntil));
        if (content.Length is 0 or > PackFormat.MaxContent) throw new ArgumentException("The content is empty or too long.", nameof(content));
        var digest = SHA256.HashData(content);
        var writer = PackFormat.Writer(256);
        writer.WriteStartArray(7);
        writer.WriteInt32(PackFormat.Version);
        writer.WriteByteString(signer.PublicKey.Compressed());
        writer.WriteInt64(version);
        PackFormat.Write(writer, madeAt);
        PackFormat.Write(writer, goodUntil);
        writer.WriteInt32(content.Length);
        writer.WriteByteString(digest);
        writer.WriteEndArray();
        var sign1 = CoseSign1.Sign(writer.Encode(), Purpose, signer);
        return new PackStatement(sign1, signer.PublicKey, version, Whole(madeAt), Whole(goodUntil), content.Length, digest);
    }

    /// <summary>
    /// Reads a statement and judges it: <c>malformed</c>, <c>unsupported</c>, <c>unknown_key</c> (its signer is not pinned), <c>bad_signature</c>,
    /// <c>pack_older</c> (than the version held), <c>pack_future</c>. Past its end it is read all the same: verdicts then say that they cannot tell.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, PackPin pin, [NotNullWhen(true)] out PackStatement? statement, out string reason)
    {
        statement = null;
        reason = "malformed";
        try
        {
            if (!CoseSign1.TryParse(bytes, MaxBytes, out var sign1, out _) || sign1!.KeyId is not null || !CborLimits.TryCheck(sign1.Payload, MaxBytes, out _)) return false;
            var reader = PackFormat.Reader(sign1.Payload);
            var members = reader.ReadStartArray();
            if (PackFormat.Number(reader, int.MaxValue) != PackFormat.Version)
            {
                reason = "unsupported";
                return false;
            }
            if (members != 7 || !Jwk.TryFromCompressed(PackFormat.Bytes(reader, 33), out var signer)) return false;
            var read = new PackStatement(
                sign1, signer, PackFormat.Number(reader, PackFormat.MaxNumber), PackFormat.Time(reader), PackFormat.Time(reader), (int)PackFormat.Number(reader, PackFormat.MaxContent), PackFormat.Bytes(reader, 32));
            reader.ReadEndArray();
            if (read.GoodUntil <= read.MadeAt || read.GoodUntil - read.MadeAt > MaxLife) return false;

            reason = read.Judge(pin);
            if (reason.Length > 0) return false;
            statement = read;
            return true;
        }
        catch (Exception refused) when (PackFormat.IsRefusal(refused))
        {
            return false;
        }
    }

    /// <summary>Whether a content is the one that was signed.</summary>
    public bool Fits(ReadOnlySpan<byte> content) => content.Length == Length && SHA256.HashData(content).AsSpan().SequenceEqual(Digest);

    private string Judge(PackPin pin)
    {
        if (!pin.Signers.Contains(Signer.ThumbprintText())) return "unknown_key";
        if (!VerificationKey.TryImport(Signer, out var key, out _)) return "malformed";
        using (key) if (!_sign1.Verify(key, Purpose)) return "bad_signature";
        if (Version < pin.HeldVersion) return "pack_older";
        return MadeAt > pin.Now + Skew ? "pack_future" : "";
    }

    private static DateTimeOffset Whole(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());
}

/// <summary>What a pack is held against before anything in it counts.</summary>
/// <param name="Signers">Thumbprints (RFC 7638, base64url) of the keys that may sign: an organisation's key of the ledger, pinned at install. Two while it changes.</param>
/// <param name="HeldVersion">The version at hand, below which none is taken; 0 where there is none.</param>
/// <param name="Now">Now.</param>
public sealed record PackPin(IReadOnlyCollection<string> Signers, long HeldVersion, DateTimeOffset Now);
