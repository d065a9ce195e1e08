using System.Formats.Cbor;
using System.Security.Cryptography;
using Identity.Credentials.Accreditation;
using Identity.Credentials.Jose;
using Identity.Credentials.StatusList;
using Identity.Credentials.Trust;
using Identity.Credentials.Verdicts;
using Identity.Fuzz.Engine;
using Identity.Fuzz.Mutations;
using Identity.Tests.Shared;

namespace Identity.Fuzz.Targets;

/// <summary>Trust packs and deltas: bytes of strangers, and contents that a pinned key signed all the same, as its thief would.</summary>
internal static class TrustTargets
{
    private static readonly PackPin Pin = new([World.VerifierKey.PublicKey.ThumbprintText()], 0, World.Now);
    private static readonly TrustPack First = Make(7, 7), Second = Make(8, 9, 40);
    /// <summary>A pack in which everything about the documents of the world is in order.</summary>
    public static TrustPack Pack => Second;

    private static readonly byte[] Delta = PackDelta.Make(First, Second);

    public static IEnumerable<Target> All()
    {
        byte[][] packs = [First.Encode(), Second.Encode()];
        byte[][] contents = [First.Bytes.ToArray(), Second.Bytes.ToArray()];
        yield return new Target("trust-pack", packs, dice => dice.OneIn(3) ? CborDamage.Bytes(dice.Pick(packs), packs, dice) : Signed(CborDamage.Bytes(dice.Pick(contents), contents, dice), dice.OneIn(8) ? World.ForeignKey : World.VerifierKey), Judge);

        byte[][] deltas = [Delta];
        yield return new Target("trust-delta", deltas, dice => CborDamage.Bytes(Delta, packs, dice), bytes =>
            !PackDelta.TryApply(First, bytes, Pin, out var made, out _) ? Judgement.Refused
            : Judgement.Require(contents.Any(c => made.Bytes.Span.SequenceEqual(c)), "a content that nobody signed"));
    }

    private static Judgement Judge(byte[] bytes)
    {
        if (!TrustPack.TryRead(bytes, Pin, out var pack, out _)) return Judgement.Refused;
        foreach (var list in pack.Content.Lists) _ = pack.FindStatus(list.Uri, list.Statuses.Length - 1, pack.Content.Organisations[list.Organisation].Record.Id);
        foreach (var key in pack.Content.Organisations.SelectMany(o => o.Keys)) _ = pack.IsRecordedBeforeEnd(key.Record, new byte[EntryPrefixes.Size]);
        return !pack.Statement.Signer.SameKey(World.VerifierKey.PublicKey) ? Judgement.False("a pack of somebody who is not pinned")
            : Judgement.Require(pack.Content.Encode().AsSpan().SequenceEqual(pack.Bytes.Span), "two encodings of one content");
    }

    private static TrustPack Make(long version, params int[] revoked)
    {
        var list = new StatusArray(2, 512);
        foreach (var index in revoked) list.Set(index, 1);
        var (ministry, college, school) = (Organisation("ministry"), Organisation("college") with { Issuer = World.Issuer }, Organisation("school"));
        KeyRecord Key(Es256Key key, bool ended) => new(key.PublicKey.Thumbprint(), key.PublicKey, college.Id, World.Now.AddYears(-2), ended ? World.Now.AddDays(-9) : null, ended ? KeyEndReason.Compromised : null);
        var content = new PackContent(new PackedLedger(31337, "0xaa", ["college.example/log"]),
        [
            new PackedOrganisation(ministry, [], new ClosingRecord(ministry.Id, World.Now.AddDays(-9), college, World.Now, [], [new(college, World.Now.AddDays(-8), World.Now.AddDays(-6)), new(school, World.Now.AddDays(-5), World.Now.AddDays(-1))])),
            new PackedOrganisation(college, [new PackedKey(Key(World.IssuerKey, false), null), new PackedKey(Key(World.ForeignKey, true), EntryPrefixes.Of([1, 2, 5]))],
                null),
            new PackedOrganisation(school, [], new ClosingRecord(school.Id, World.Now.AddDays(-1), college, null, [])),
        ], [Accredited.Root(World.Now.AddYears(-1), ministry), Accredited.Issuer(college, World.Now.AddYears(-1), World.Vct)], [new PackedList(World.StatusUri, 1, PackedStatuses.Of(list), World.Now.AddMinutes(-9), World.Now.AddHours(9), null, TimeSpan.Zero)]);
        return TrustPack.Make(content, version, World.Now.AddMinutes(-1), World.Now.AddHours(71), World.VerifierKey);
    }

    private static OrganisationRecord Organisation(string name) => new(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(name)), $"https://{name}.example", name, "XT", true, null);

    private static byte[] Signed(byte[] content, Es256Key signer)
    {
        if (content.Length == 0) return content;
        var writer = new CborWriter();
        writer.WriteStartArray(4);
        writer.WriteTextString("identity-trust-pack");
        writer.WriteInt32(3);
        writer.WriteEncodedValue(PackStatement.Sign(content, 9, World.Now, World.Now.AddHours(1), signer).Encoded);
        writer.WriteByteString(Inflate.Deflate(content));
        writer.WriteEndArray();
        return writer.Encode();
    }
}
