using System.Security.Cryptography;
using System.Text;
using Identity.Credentials.Jose;

namespace Identity.Credentials.Tests.Compact;

/// <summary>CBOR written byte by byte, so that a test can write what no encoder would.</summary>
internal static class Raw
{
    public static byte[] Head(int major, ulong value) => value switch
    {
        < 24 => [(byte)((major << 5) | (int)value)],
        <= 0xFF => [(byte)((major << 5) | 24), (byte)value],
        <= 0xFFFF => [(byte)((major << 5) | 25), (byte)(value >> 8), (byte)value],
        <= 0xFFFF_FFFF => [(byte)((major << 5) | 26), .. BigEndian(value)[4..]],
        _ => [(byte)((major << 5) | 27), .. BigEndian(value)],
    };

    public static byte[] Int(long value) => value < 0 ? Head(1, (ulong)(-1 - value)) : Head(0, (ulong)value);

    public static byte[] Bytes(byte[] content) => [.. Head(2, (ulong)content.Length), .. content];

    public static byte[] Text(string content) => Text(Encoding.UTF8.GetBytes(content));

    public static byte[] Text(byte[] utf8) => [.. Head(3, (ulong)utf8.Length), .. utf8];

    public static byte[] Array(params byte[][] items) => [.. Head(4, (ulong)items.Length), .. items.SelectMany(i => i)];

    public static byte[] Null => [0xF6];

    public static byte[] Value(object value) => value switch
    {
        string text => Text(text),
        long number => Int(number),
        bool flag => [(byte)(flag ? 0xF5 : 0xF4)],
        string[] texts => Array([.. texts.Select(Text)]),
        byte[] raw => raw,
        _ => throw new ArgumentOutOfRangeException(nameof(value)),
    };

    private static byte[] BigEndian(ulong value) => [.. BitConverter.GetBytes(value).Reverse()];
}

/// <summary>Test keys and salts that are the same on every machine. They protect nothing.</summary>
internal static class Fixed
{
    public static Es256Key Key(string name)
    {
        var d = SHA256.HashData(Encoding.ASCII.GetBytes("test key: " + name));
        using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = d });
        return Es256Key.FromPkcs8(key.ExportPkcs8PrivateKey());
    }

    public static byte[] Bytes(string name, int length) => SHA256.HashData(Encoding.ASCII.GetBytes("test bytes: " + name))[..length];

    public static Action<Span<byte>> Random(string name)
    {
        var drawn = 0;
        return target => Bytes($"{name} {drawn++}", target.Length).CopyTo(target);
    }
}

/// <summary>Builds issuer parts, issued forms, proofs and challenges by hand; every part can be bent before what follows is signed.</summary>
internal sealed class Forge
{
    public static readonly byte[] Plain = [0xA1, 0x01, 0x26];
    public static readonly byte[] NoHeaders = [0xA0];

    public Es256Key IssuerKey { get; init; } = Fixed.Key("issuer");
    public Es256Key HolderKey { get; init; } = Fixed.Key("holder");
    public Es256Key VerifierKey { get; init; } = Fixed.Key("verifier");

    public string Type { get; init; } = "urn:identity:qualification:1";
    public List<(byte[] Salt, object Key, object Value)> Claims { get; init; } =
    [
        (Fixed.Bytes("salt 0", 16), 1L, "Amina Okoye-Reyes"),
        (Fixed.Bytes("salt 1", 16), 2L, "أمينة أوكويي رييس"),
        (Fixed.Bytes("salt 2", 16), 3L, "Diploma in Welding Technology"),
        (Fixed.Bytes("salt 3", 16), 5L, "vocational"),
        (Fixed.Bytes("salt 4", 16), 6L, "welder"),
        (Fixed.Bytes("salt 5", 16), 7L, 4L),
        (Fixed.Bytes("salt 6", 16), 9L, "2024-06-30"),
    ];

    public byte[] IssuerHeader { get; set; } = [];
    public byte[] IssuerUnprotected { get; set; } = NoHeaders;
    public string IssuerPurpose { get; set; } = "identity-compact-issuer-v1";
    public Func<byte[], byte[]> IssuerSignature { get; set; } = s => s;
    public Action<List<byte[]>> IssuerMembers { get; set; } = _ => { };
    public Func<byte[], byte[]> IssuerPart { get; set; } = p => p;

    public int[] Shown { get; set; } = [0, 2, 6];
    public Action<List<byte[]>> ShownItems { get; set; } = _ => { };
    public Action<List<byte[]>> Nodes { get; set; } = _ => { };
    public byte[] Binding { get; set; } = [];
    public byte[] HolderHeader { get; set; } = Plain;
    public byte[] HolderUnprotected { get; set; } = NoHeaders;
    public string HolderPurpose { get; set; } = "identity-compact-holder-v1";
    public Func<byte[], byte[]> HolderSignature { get; set; } = s => s;
    public Action<List<byte[]>> PayloadMembers { get; set; } = _ => { };
    public Func<byte[], byte[]> Payload { get; set; } = p => p;
    public Func<byte[], byte[]> SignedPayload { get; set; } = p => p;

    public Action<List<byte[]>> ChallengeMembers { get; set; } = _ => { };
    public byte[] ChallengeHeader { get; set; } = Plain;
    public byte[] ChallengeUnprotected { get; set; } = NoHeaders;
    public string ChallengePurpose { get; set; } = "identity-challenge-v1";
    public Func<byte[], byte[]> ChallengeSignature { get; set; } = s => s;

    public static byte[] KeyIdHeader(Es256Key key) => [0xA2, 0x01, 0x26, 0x04, 0x48, .. key.PublicKey.Thumbprint()[..8]];

    public byte[] MakeIssuerPart()
    {
        var members = new List<byte[]>
        {
            Raw.Int(1), Raw.Text(Type), Raw.Int(1_750_000_000), Raw.Int(1_907_000_000), Raw.Int(3), Raw.Int(70_000),
            Raw.Bytes(Root(0, Claims.Count)), Raw.Int(Claims.Count), Raw.Bytes(HolderKey.PublicKey.Compressed()),
        };
        IssuerMembers(members);
        var header = IssuerHeader.Length == 0 ? KeyIdHeader(IssuerKey) : IssuerHeader;
        return IssuerPart(Sign1(header, IssuerUnprotected, Raw.Array([.. members]), IssuerPurpose, IssuerKey, IssuerSignature));
    }

    public Action<List<byte[]>> IssuedLeaves { get; set; } = _ => { };

    public byte[] MakeIssued()
    {
        var leaves = Claims.Select(Leaf).ToList();
        IssuedLeaves(leaves);
        return Raw.Array(MakeIssuerPart(), Raw.Array([.. leaves]));
    }

    public byte[] MakeProof()
    {
        var items = Shown.Select(i => Raw.Array(Raw.Int(i), Raw.Bytes(Claims[i].Salt), Raw.Value(Claims[i].Key), Raw.Value(Claims[i].Value))).ToList();
        ShownItems(items);
        var nodes = new List<byte[]>();
        Collect(0, Claims.Count, nodes);
        Nodes(nodes);
        var members = new List<byte[]> { MakeIssuerPart(), Raw.Array([.. items]), Raw.Array([.. nodes]), Raw.Bytes(Binding.Length == 0 ? SHA256.HashData(MakeChallenge()) : Binding) };
        PayloadMembers(members);
        var payload = Payload(Raw.Array([.. members]));
        var signature = HolderSignature(HolderKey.Sign(ToBeSigned(HolderHeader, HolderPurpose, payload)));
        return Raw.Array(Raw.Bytes(HolderHeader), HolderUnprotected, Raw.Bytes(SignedPayload(payload)), Raw.Bytes(signature));
    }

    public Action<List<byte[]>> PaperMembers { get; set; } = _ => { };
    public Action<List<byte[]>> PaperClaims { get; set; } = _ => { };
    public string PaperPurpose { get; set; } = "identity-compact-paper-v1";

    /// <summary>A paper of what is shown; header, signature and bytes are bent as those of an issuer part.</summary>
    public byte[] MakePaper()
    {
        var claims = Shown.Select(i => Raw.Array(Raw.Value(Claims[i].Key), Raw.Value(Claims[i].Value))).ToList();
        PaperClaims(claims);
        var members = new List<byte[]>
        {
            Raw.Int(1), Raw.Text(Type), Raw.Int(1_750_000_000), Raw.Int(1_907_000_000), Raw.Int(3), Raw.Int(70_000), Raw.Bytes(Fixed.Bytes("paper", 16)), Raw.Array([.. claims]),
        };
        PaperMembers(members);
        var payload = Payload(Raw.Array([.. members]));
        var header = IssuerHeader.Length == 0 ? KeyIdHeader(IssuerKey) : IssuerHeader;
        var signature = IssuerSignature(IssuerKey.Sign(ToBeSigned(header, PaperPurpose, payload)));
        return IssuerPart(Raw.Array(Raw.Bytes(header), IssuerUnprotected, Raw.Bytes(SignedPayload(payload)), Raw.Bytes(signature)));
    }

    private byte[]? _challenge;

    /// <summary>Signed once: the proof refers to its digest.</summary>
    public byte[] MakeChallenge()
    {
        if (_challenge is not null) return _challenge;
        var members = new List<byte[]>
        {
            Raw.Int(1), Raw.Bytes(Fixed.Bytes("nonce", 16)), Raw.Int(1_760_000_000), Raw.Text(Type),
            Raw.Array(Raw.Int(1), Raw.Int(3)), Raw.Array(Raw.Int(9)), Raw.Text("Welding job on site 14"), Raw.Text("Harbour Yard"),
            Raw.Bytes(VerifierKey.PublicKey.Compressed()),
        };
        ChallengeMembers(members);
        return _challenge = Sign1(ChallengeHeader, ChallengeUnprotected, Raw.Array([.. members]), ChallengePurpose, VerifierKey, ChallengeSignature);
    }

    public void UseChallenge(byte[] challenge) => _challenge = challenge;

    public byte[] LeafHash(int index) => SHA256.HashData([0x10, .. Leaf(Claims[index])]);

    public byte[] Root(int from, int to)
    {
        if (to - from == 1) return LeafHash(from);
        var split = Split(to - from);
        return SHA256.HashData([0x11, .. Root(from, from + split), .. Root(from + split, to)]);
    }

    private void Collect(int from, int to, List<byte[]> nodes)
    {
        if (!Shown.Any(i => i >= from && i < to)) nodes.Add(Raw.Bytes(Root(from, to)));
        else if (to - from > 1)
        {
            var split = Split(to - from);
            Collect(from, from + split, nodes);
            Collect(from + split, to, nodes);
        }
    }

    private static int Split(int n)
    {
        var k = 1;
        while (k * 2 < n) k *= 2;
        return k;
    }

    private static byte[] Leaf((byte[] Salt, object Key, object Value) claim) => Raw.Array(Raw.Bytes(claim.Salt), Raw.Value(claim.Key), Raw.Value(claim.Value));

    private static byte[] Sign1(byte[] header, byte[] unprotected, byte[] payload, string purpose, Es256Key key, Func<byte[], byte[]> bend) =>
        Raw.Array(Raw.Bytes(header), unprotected, Raw.Bytes(payload), Raw.Bytes(bend(key.Sign(ToBeSigned(header, purpose, payload)))));

    private static byte[] ToBeSigned(byte[] header, string purpose, byte[] payload) =>
        Raw.Array(Raw.Text("Signature1"), Raw.Bytes(header), Raw.Bytes(Encoding.ASCII.GetBytes(purpose)), Raw.Bytes(payload));
}
