using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;

namespace Identity.Credentials.SdJwt;

/// <summary>RFC 9901 §7.1, steps 3 to 5: puts disclosures in the place of their digests, in one walk over the payload.</summary>
internal sealed class SdJwtProcessing
{
    private const int MaxDepth = 32;

    private readonly Dictionary<string, Disclosure> _waiting = new(StringComparer.Ordinal);
    private readonly HashSet<string> _digests = new(StringComparer.Ordinal);
    private readonly List<(ClaimPath, Disclosure)> _disclosed = [];
    private readonly List<object?> _path = [];
    private string _reason = "";

    private SdJwtProcessing() { }

    public static bool TryRun(
        SdJwtDocument document, [NotNullWhen(true)] out JsonObject? claims, out IReadOnlyList<(ClaimPath, Disclosure)> disclosed, out string reason)
    {
        var run = new SdJwtProcessing();
        claims = run.Process(document);
        disclosed = claims is null ? [] : run._disclosed;
        reason = run._reason;
        return claims is not null;
    }

    private JsonObject? Process(SdJwtDocument document)
    {
        foreach (var disclosure in document.Disclosures)
        {
            if (!_waiting.TryAdd(disclosure.Digest, disclosure)) { Refuse("a disclosure came twice"); return null; }
        }
        if (!TryObject(document.Jwt.Payload, top: true, out var claims)) return null;
        // Step 5: every disclosure was called for by a digest.
        if (_waiting.Count > 0) { Refuse("a disclosure belongs to no digest"); return null; }
        return claims;
    }

    private bool TryObject(JsonObject source, bool top, [NotNullWhen(true)] out JsonObject? result)
    {
        result = null;
        if (_path.Count > MaxDepth) return Refuse("claims are nested too deep");
        var members = new JsonObject();
        foreach (var (name, value) in source)
        {
            if (name == "_sd" || (name == "_sd_alg" && top)) continue;
            if (Disclosure.Reserved(name)) return Refuse($"'{name}' stands where it may not");
            _path.Add(name);
            if (!TryNode(value, out var processed)) return false;
            _path.RemoveAt(_path.Count - 1);
            members[name] = processed;
        }
        if (source.TryGetPropertyValue("_sd", out var digests) && !TryDisclosedMembers(digests, source, members)) return false;
        result = members;
        return true;
    }

    /// <summary>Step 3c, `_sd`: each digest once in the whole; a disclosure of three parts; a name not yet there.</summary>
    private bool TryDisclosedMembers(JsonNode? digests, JsonObject source, JsonObject members)
    {
        if (digests is not JsonArray items) return Refuse("_sd is not a list");
        foreach (var item in items)
        {
            if (!TryTake(item, out var disclosure)) return false;
            if (disclosure is null) continue;
            if (disclosure.Name is null) return Refuse("an array element was disclosed as a claim");
            if (source.ContainsKey(disclosure.Name) || members.ContainsKey(disclosure.Name)) return Refuse("a disclosed claim is already there");
            _path.Add(disclosure.Name);
            _disclosed.Add((new ClaimPath([.. _path]), disclosure));
            if (!TryNode(disclosure.Value, out var processed)) return false;
            _path.RemoveAt(_path.Count - 1);
            members[disclosure.Name] = processed;
        }
        return true;
    }

    /// <summary>Step 3c, `...`: a disclosure of two parts in its place; placeholders nobody disclosed vanish (step 3d).</summary>
    private bool TryArray(JsonArray source, [NotNullWhen(true)] out JsonArray? result)
    {
        result = null;
        if (_path.Count > MaxDepth) return Refuse("claims are nested too deep");
        var items = new JsonArray();
        foreach (var item in source)
        {
            var value = item;
            Disclosure? disclosure = null;
            if (item is JsonObject placeholder && placeholder.TryGetPropertyValue("...", out var digest))
            {
                if (placeholder.Count != 1) return Refuse("an array placeholder holds more than its digest");
                if (!TryTake(digest, out disclosure)) return false;
                if (disclosure is null) continue;
                if (disclosure.Name is not null) return Refuse("a claim was disclosed as an array element");
                value = disclosure.Value;
            }
            _path.Add(items.Count);
            if (disclosure is not null) _disclosed.Add((new ClaimPath([.. _path]), disclosure));
            if (!TryNode(value, out var processed)) return false;
            _path.RemoveAt(_path.Count - 1);
            items.Add(processed);
        }
        result = items;
        return true;
    }

    private bool TryNode(JsonNode? source, out JsonNode? result)
    {
        bool done;
        switch (source)
        {
            case JsonObject members:
                done = TryObject(members, top: false, out var processed);
                result = processed;
                return done;
            case JsonArray items:
                done = TryArray(items, out var list);
                result = list;
                return done;
            default:
                result = source?.DeepClone();
                return true;
        }
    }

    /// <summary>The disclosure of a digest, or null when it was withheld or is a decoy. Step 4: no digest twice, wherever it stands.</summary>
    private bool TryTake(JsonNode? digest, out Disclosure? disclosure)
    {
        disclosure = null;
        if (StrictJson.Text(digest) is not { } text) return Refuse("a digest is not a string");
        if (!_digests.Add(text)) return Refuse("a digest stands twice");
        _waiting.Remove(text, out disclosure);
        return true;
    }

    private bool Refuse(string why)
    {
        _reason = why;
        return false;
    }
}
