using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.Types;
using Identity.Credentials.Verdicts;

namespace Identity.Verifier.Results;

/// <summary>Whether a statement of comparability is about a qualification shown beside it.</summary>
public enum LinkResult
{
    /// <summary>The statement's digest fits the qualification and nothing that it says of it differs: it is about exactly this one.</summary>
    Linked,
    /// <summary>What the statement says of the qualification is not what the qualification says, whatever the digest: nobody should rely on it unasked.</summary>
    Contradicts,
    /// <summary>The digest fits none of what was shown: the statement is about another qualification.</summary>
    Differs,
    /// <summary>The statement's digest, its key or a claim that the digest covers was not shown.</summary>
    NotShown,
}

/// <summary>Whether two claims say the same.</summary>
public enum FieldResult
{
    /// <summary>They say the same.</summary>
    Same,
    /// <summary>They do not.</summary>
    Differs,
    /// <summary>One of them was not shown, so that they cannot be compared.</summary>
    NotShown,
}

/// <summary>What a statement says of a qualification beside what the qualification says.</summary>
/// <param name="Claim">Name of the claim in the statement.</param>
/// <param name="Original">What the qualification says; absent where it was not shown.</param>
/// <param name="Statement">What the statement says; absent where it was not shown.</param>
/// <param name="Result">Whether they agree.</param>
public sealed record FieldView(string Claim, string? Original, string? Statement, FieldResult Result);

/// <summary>One statement and how it hangs together with what was shown beside it.</summary>
/// <param name="Statement">Query id of the statement.</param>
/// <param name="Original">Query id of the qualification; absent where there is none to compare with.</param>
/// <param name="Result">What digest and claims say together.</param>
/// <param name="Fields">The claims that both have; empty where no one qualification stands beside the statement.</param>
public sealed record LinkView(string Statement, string? Original, LinkResult Result, IReadOnlyList<FieldView> Fields);

/// <summary>
/// Compares statements of comparability with the originals shown in the same answer. The digest (<see cref="OriginalDigest"/>) alone says only which
/// qualification its writer had before them; what they then wrote of it is compared claim by claim.
/// </summary>
public static class OriginalLink
{
    private const string Statement = "urn:identity:recognition:1";

    // Claims of the statement, and the claims that say the same: first of a qualification, then of a training.
    private static readonly (string Claim, string[] From)[] Pairs =
    [
        ("holder_name", ["holder_name"]), ("holder_name_native", ["holder_name_native"]), ("original_title", ["title"]), ("original_body", ["awarding_body", "provider"]),
        ("original_country", ["awarding_country", "provider_country"]), ("original_awarded_on", ["awarded_on", "completed_on"]),
    ];

    /// <summary>One entry for each statement whose issuer's signature held, in the order shown. What is not proven is compared with nothing.</summary>
    public static IReadOnlyList<LinkView> Compare(IReadOnlyList<(string Id, Verdict Verdict)> shown)
    {
        var signed = shown.Where(s => s.Verdict.Claims.Count > 0).ToList();
        return [.. signed.Where(s => s.Verdict.Facts.Type == Statement).Select(s => Compare(s.Id, s.Verdict, [.. signed.Where(o => o.Verdict.Facts.Type != Statement)]))];
    }

    /// <summary>Whether statement and qualification do not fit together, so that the answer as a whole is not plainly valid.</summary>
    public static bool IsTrouble(LinkView link) => link.Result is LinkResult.Contradicts or LinkResult.Differs;

    private static LinkView Compare(string id, Verdict statement, IReadOnlyList<(string Id, Verdict Verdict)> originals)
    {
        var (original, result) = ByDigest(statement, originals);
        var beside = originals.FirstOrDefault(o => o.Id == original && (result is LinkResult.Linked || originals.Count == 1)).Verdict;
        IReadOnlyList<FieldView> fields = beside is not null && TypeDefinition.Find(beside.Facts.Type) is { } type ? [.. Fields(statement.Claims, beside.Claims, type)] : [];
        var contradicts = result is not LinkResult.Differs && fields.Any(f => f.Result is FieldResult.Differs);
        return new LinkView(id, original, contradicts ? LinkResult.Contradicts : result, fields);
    }

    private static (string? Original, LinkResult Result) ByDigest(Verdict statement, IReadOnlyList<(string Id, Verdict Verdict)> originals)
    {
        var first = originals.Select(o => o.Id).FirstOrDefault();
        if (Bytes(statement.Claims, "original_digest") is not { Length: 32 } digest || Bytes(statement.Claims, "original_salt") is not { Length: OriginalDigest.SaltLength } salt)
            return (first, LinkResult.NotShown);
        var computed = 0;
        foreach (var (other, verdict) in originals)
        {
            if (TypeDefinition.Find(verdict.Facts.Type) is not { } type || verdict.Facts.StatedIssuer is not { } issuer
                || !OriginalDigest.TryCompute(type, issuer, verdict.Claims, salt, out var own)) continue;
            if (own.AsSpan().SequenceEqual(digest)) return (other, LinkResult.Linked);
            computed++;
        }
        return (first, computed > 0 && computed == originals.Count ? LinkResult.Differs : LinkResult.NotShown);
    }

    private static IEnumerable<FieldView> Fields(JsonObject statement, JsonObject original, TypeDefinition type)
    {
        foreach (var (claim, from) in Pairs)
        {
            if (from.Select(name => type.Claims.FirstOrDefault(c => c.Name == name)).FirstOrDefault(c => c is not null) is not { } own) continue;
            var (said, shown) = (Text(statement[claim]), Text(original[own.Name]));
            // A claim that the qualification does not even have is nothing to compare, and nothing that the statement leaves out.
            if (said is null && shown is null) continue;
            var result = said is null || shown is null ? FieldResult.NotShown : Same(said, shown, own.Kind) ? FieldResult.Same : FieldResult.Differs;
            yield return new FieldView(claim, shown, said, result);
        }
    }

    // Texts as names are compared: case, spacing and punctuation say nothing. Dates and codes to the letter.
    private static bool Same(string one, string other, ClaimKind kind) =>
        one == other || (kind is ClaimKind.Text && NameComparison.Plain(one) is { Length: > 0 } plain && plain == NameComparison.Plain(other));

    // A value of another kind than text is never equal to one.
    private static string? Text(JsonNode? claim) => claim is null ? null : claim is JsonValue value && value.TryGetValue<string>(out var text) ? text : claim.ToJsonString();

    private static byte[]? Bytes(JsonObject claims, string name) =>
        claims[name] is JsonValue value && value.TryGetValue<string>(out var text) && Base64Url.TryDecode(text, out var bytes) ? bytes : null;
}
