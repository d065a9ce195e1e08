using Identity.Credentials.Compact;
using Identity.Credentials.Cose;
using Identity.Credentials.Jose;

namespace Identity.Fuzz.Targets;

/// <summary>Pieces of documents.</summary>
internal static class Parts
{
    /// <summary>The payload of a signed text.</summary>
    public static byte[] Payload(string jws) => Base64Url.TryDecode(jws.Split('~')[0].Split('.')[1], out var bytes) ? bytes : throw new InvalidOperationException();

    /// <summary>The bytes behind a QR's text.</summary>
    public static byte[] FromQr(string text) => Base45.TryDecode(text.AsSpan(4), 4000, out var bytes) ? bytes : throw new InvalidOperationException();
}

/// <summary>Compact forms made once.</summary>
internal static class Proofs
{
    public static readonly CompactChallenge Asked = World.Challenge();
    public static readonly CompactChallenge Other = World.Challenge("another", "Something else");
    public static readonly string[] Texts =
    [
        CompactHolder.Answer(World.Compact(), [1, 3], Asked, World.HolderKey),
        CompactHolder.Answer(World.Compact("Layla Haddad"), [1, 3, 9], Asked, World.HolderKey),
        CompactHolder.Answer(World.Compact(), [1], Other, World.HolderKey),
        CompactHolder.Roll(World.Compact(), [1, 3], World.Now.ToUnixTimeSeconds() - 7, false, World.HolderKey),
        CompactHolder.Roll(World.Compact("Layla Haddad"), [3], World.Now.ToUnixTimeSeconds() - 90_000, true, World.HolderKey),
    ];

    public static readonly string[] Papers = [World.Paper().Text, World.Paper("Layla Haddad").Text, World.Paper("Sunita Rai", new string('a', 64)).Text];

    public static readonly byte[] Compact = Parts.FromQr(Texts[0]);
    public static readonly byte[] Challenge = Asked.Encoded;
    public static readonly byte[] Issued = World.Compact().Encode();
}
