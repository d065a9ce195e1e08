using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.Types;
using Identity.Credentials.Verdicts;

namespace Identity.Verifier.Results;

/// <summary>Whether a statement of comparability is about a qualification shown beside it.</summary>
public enum LinkResult
{
    /// <summary>The statement's digest fits the qualification: it is about exactly this one.</summary>
    Linked,
    /// <summary>The digest fits none of what was shown: the statement is about another qualification.</summary>
    Differs,
    /// <summary>The statement's digest, its key or a claim that the digest covers was not shown.</summary>
    NotShown,
}

/// <summary>One statement and how it hangs together with what was shown beside it.</summary>
/// <param name="Statement">Query id of the statement.</param>
/// <param name="Original">Query id of the qualification; absent where there is none to compare with.</param>
/// <param name="Result">What the digest says.</param>
public sealed record LinkView(string Statement, string? Original, LinkResult Result);

/// <summary>Compares statements of comparability with the originals shown in the same answer (<see cref="OriginalDigest"/>).</summary>
public static class OriginalLink
{
    private const string Statement = "urn:identity:recognition:1";

    /// <summary>One entry for each statement whose issuer's signature held, in the order shown. What is not proven is compared with nothing.</summary>
    public static IReadOnlyList<LinkView> Compare(IReadOnlyList<(string Id, Verdict Verdict)> shown)
    {
        var signed = shown.Where(s => s.Verdict.Claims.Count > 0).ToList();
        return [.. signed.Where(s => s.Verdict.Facts.Type == Statement).Select(s => Compare(s.Id, s.Verdict, [.. signed.Where(o => o.Verdict.Facts.Type != Statement)]))];
    }

    private static LinkView Compare(string id, Verdict statement, IReadOnlyList<(string Id, Verdict Verdict)> originals)
    {
        var first = originals.Select(o => o.Id).FirstOrDefault();
        if (Bytes(statement.Claims, "original_digest") is not { Length: 32 } digest || Bytes(statement.Claims, "original_salt") is not { Length: OriginalDigest.SaltLength } salt)
            return new LinkView(id, first, LinkResult.NotShown);
        var computed = 0;
        foreach (var (other, verdict) in originals)
        {
            if (TypeDefinition.Find(verdict.Facts.Type) is not { } type || verdict.Facts.StatedIssuer is not { } issuer
                || !OriginalDigest.TryCompute(type, issuer, verdict.Claims, salt, out var own)) continue;
            if (own.AsSpan().SequenceEqual(digest)) return new LinkView(id, other, LinkResult.Linked);
            computed++;
        }
        return new LinkView(id, first, computed > 0 && computed == originals.Count ? LinkResult.Differs : LinkResult.NotShown);
    }

    private static byte[]? Bytes(JsonObject claims, string name) =>
        claims[name] is JsonValue value && value.TryGetValue<string>(out var text) && Base64Url.TryDecode(text, out var bytes) ? bytes : null;
}
