using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Compact;
using Identity.Credentials.Cose;
using Identity.Credentials.Types;
using Identity.Fuzz.Engine;
using Identity.Fuzz.Mutations;

namespace Identity.Fuzz.Targets;

/// <summary>The forms of the QR.</summary>
internal static class CompactTargets
{
    public static IEnumerable<Target> All()
    {
        byte[][] sign1 = [Proofs.Compact, Proofs.Challenge, World.Compact().Issuer.Encoded, World.Paper().Encoded];
        yield return new Target("cose-sign1", sign1, dice => CborDamage.Bytes(dice.Pick(sign1), sign1, dice), bytes =>
            !CoseSign1.TryParse(bytes, 4000, out var read, out _) ? Judgement.Refused
            : !read!.Encoded.AsSpan().SequenceEqual(bytes) ? Judgement.False("two encodings of one value")
            : Judgement.Require(!read.Verify(World.Trusted, CompactIssuerPart.Purpose) || bytes.AsSpan().SequenceEqual(sign1[2]) || read.Payload.AsSpan().SequenceEqual(World.Compact().Issuer.Sign1.Payload), "other content under the issuer's signature"));

        // The holder's signature covers the challenge or the time; what holds must say what one of the good proofs says.
        var shown = Proofs.Texts.Select(t => Meaning(Read(t))).ToHashSet();
        yield return EncodingTargets.Text("compact-proof", [Proofs.Texts[0], Proofs.Texts[1], Proofs.Texts[3], Proofs.Texts[4]], text =>
        {
            if (!CompactVerifier.TryParse(text, out var proof, out _)) return Judgement.Refused;
            _ = proof.Claims(TypeDefinition.Find(proof.Issuer.Type));
            if (!(proof.ClaimsHold & proof.VerifyIssuer(World.Trusted) & proof.VerifyHolder())) return Judgement.Refused;
            return Judgement.Require(shown.Contains(Meaning(proof)), $"a proof that the holder did not make: {Meaning(proof)}");
        }, (text, _, dice) => DamageText(text, Proofs.Texts, dice));

        var printed = Proofs.Papers.Select(t => Meaning(CompactPaper.TryParse(t, out var paper, out var reason) ? paper : throw new InvalidOperationException(reason))).ToHashSet();
        yield return EncodingTargets.Text("compact-paper", Proofs.Papers, text =>
            !CompactPaper.TryParse(text, out var paper, out _) ? Judgement.Refused
            : paper.Text != text ? Judgement.False("two texts of one paper")
            : !paper.VerifyIssuer(World.Trusted) ? Judgement.Refused
            : Judgement.Require(printed.Contains(Meaning(paper)), $"a paper that the issuer did not print: {Meaning(paper)}"), (text, others, dice) => DamageText(text, others, dice));

        var questions = new[] { Proofs.Asked.Text, Proofs.Other.Text };
        yield return EncodingTargets.Text("challenge", questions, text =>
        {
            if (!CompactChallenge.TryParse(text, out var read, out _)) return Judgement.Refused;
            if (!read.Key.AsSpan().SequenceEqual(Proofs.Asked.Key)) return Judgement.Fine; // anybody may ask, in their own name
            return Judgement.Require(new[] { Proofs.Asked, Proofs.Other }.Any(c => Question(c) == Question(read)), "another question under the verifier's signature");
        }, (text, others, dice) => DamageText(text, others, dice));

        byte[][] issued = [Proofs.Issued, World.Compact("Layla Haddad").Encode(), World.Compact("Sunita Rai", new string('a', 64)).Encode()];
        var given = issued.Select(b => Leaves(CompactCredential.TryDecode(b, out var c, out _) ? c! : throw new InvalidOperationException())).ToHashSet();
        yield return new Target("compact-issued", issued, dice => CborDamage.Bytes(dice.Pick(issued), issued, dice), bytes =>
            !CompactCredential.TryDecode(bytes, out var credential, out _) ? Judgement.Refused
            : !credential!.Encode().AsSpan().SequenceEqual(bytes) ? Judgement.False("two encodings of one value")
            : !credential.Issuer.Verify(World.Trusted) ? Judgement.Refused
            : Judgement.Require(given.Contains(Leaves(credential)), "claims that the issuer did not sign"));
    }

    /// <summary>Damage below or above Base45; below it the bytes may be signed again by somebody else.</summary>
    public static string DamageText(string good, IReadOnlyList<string> others, Dice dice)
    {
        if (dice.OneIn(5) || !Base45.TryDecode(good.AsSpan(4), 4000, out var bytes)) return Damage.Text(good, others, dice);
        byte[][] material = [.. others.Where(o => o.StartsWith(good[..4], StringComparison.Ordinal)).Select(Parts.FromQr), bytes];
        var damaged = CborDamage.Bytes(bytes, material, dice);
        if (dice.OneIn(3) && CoseSign1.TryParse(damaged, 4000, out var read, out _))
            damaged = CoseSign1.Sign(read!.Payload, Purpose(good), World.ForeignKey, read.KeyId).Encoded;
        return good[..4] + Base45.Encode(damaged);
    }

    private static string Purpose(string text) => text[..4] switch { "IDP:" => CompactPresentation.Purpose, "IDD:" => CompactPaper.Purpose, _ => CompactChallenge.SignaturePurpose };

    private static string Meaning(CompactPaper paper) =>
        $"{paper.Type}|{paper.NotBefore}|{paper.Expires}|{paper.List}|{paper.Index}|{Convert.ToHexString(paper.Salt)}|{paper.Claims(null).ToJsonString()}|{Place(paper.OriginalIssuer)}";

    private static CompactPresentation Read(string text) => CompactVerifier.TryParse(text, out var proof, out var reason) ? proof : throw new InvalidOperationException(reason);

    private static string Meaning(CompactPresentation proof)
    {
        var text = new StringBuilder($"{proof.Issuer.Type}|{proof.Issuer.NotBefore}|{proof.Issuer.Expires}|{proof.Issuer.List}|{proof.Issuer.Index}|{Convert.ToHexString(proof.Binding ?? [])}|{proof.RollingTime}|{proof.ClockUnsure}|{Place(proof.Issuer.OriginalIssuer)}|");
        foreach (var (index, leaf) in proof.Disclosed) text.Append(index).Append(leaf.Key).Append(leaf.ToJson().ToJsonString());
        return text.ToString();
    }

    private static string Question(CompactChallenge c) => $"{Convert.ToHexString(c.Nonce)}|{c.IssuedAt}|{c.Type}|{string.Join(',', c.Required)}|{string.Join(',', c.Optional)}|{c.Purpose}|{c.Name}";

    private static string Leaves(CompactCredential credential) => new JsonArray([.. credential.Leaves.Select(l => (JsonNode)new JsonArray(l.Key, l.ToJson(), Convert.ToHexString(l.Salt)))]).ToJsonString() + credential.Issuer.Type + Place(credential.Issuer.OriginalIssuer);

    private static string Place(byte[]? original) => original is null ? "" : Convert.ToHexString(original);
}
