using System.Diagnostics.CodeAnalysis;
using Identity.Credentials.Cose;
using Identity.Credentials.Jose;

namespace Identity.Credentials.Compact;

/// <summary>Answers challenges with a compact credential.</summary>
public static class CompactHolder
{
    /// <summary>
    /// The proof <c>IDP:…</c> that shows the claims of these keys and answers this challenge. Keys the credential has not are passed over.
    /// Throws <see cref="ArgumentException"/> when the signer is not the credential's holder, and when the proof would be over its size.
    /// </summary>
    public static string Answer(CompactCredential credential, IEnumerable<int> claimKeys, CompactChallenge challenge, ISigner holderKey)
    {
        if (!holderKey.PublicKey.Compressed().AsSpan().SequenceEqual(credential.Issuer.Holder))
        {
            throw new ArgumentException("The key is not the one the credential was issued to.", nameof(holderKey));
        }

        return Present(credential, claimKeys, challenge.Digest, holderKey);
    }

    internal static string Present(CompactCredential credential, IEnumerable<int> claimKeys, byte[] binding, ISigner holderKey)
    {
        var wanted = claimKeys.ToHashSet();
        var shown = Enumerable.Range(0, credential.Leaves.Count).Where(i => wanted.Contains(credential.Leaves[i].Key)).ToHashSet();
        var nodes = ClaimTree.Nodes([.. credential.Leaves.Select(l => l.Hash())], shown);
        var payload = CompactPresentation.Payload(credential.Issuer.Encoded, [.. shown.Order().Select(i => (i, credential.Leaves[i]))], nodes, binding);
        var proof = CoseSign1.Sign(payload, CompactPresentation.Purpose, holderKey);
        if (proof.Encoded.Length > CompactPresentation.MaxBytes) throw new ArgumentException("The claims make a proof that is too large.", nameof(claimKeys));
        return CompactPresentation.Prefix + Base45.Encode(proof.Encoded);
    }
}

/// <summary>Reads proofs.</summary>
public static class CompactVerifier
{
    /// <summary>Reads <c>IDP:…</c>; see <see cref="CompactPresentation.TryParse"/>.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out CompactPresentation? presentation, out string reason) =>
        CompactPresentation.TryParse(text, out presentation, out reason);
}
