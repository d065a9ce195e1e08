using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;

namespace Identity.Credentials.SdJwt;

/// <summary>
/// Where a claim stands (OpenID4VP 1.0 §7, SD-JWT VC claim paths): names of members, positions in arrays, or null for every element of an array.
/// Two paths are equal when their segments are.
/// </summary>
public sealed class ClaimPath : IEquatable<ClaimPath>
{
    private const int MaxSegments = 16;
    private const int MaxSelected = 10_000;

    /// <summary>A path of strings, ints from 0, and nulls.</summary>
    /// <exception cref="ArgumentException">Empty, or a segment of another kind.</exception>
    public ClaimPath(params IReadOnlyList<object?> segments)
    {
        if (segments.Count == 0 || segments.Any(s => s is not (null or string or int and >= 0))) throw new ArgumentException("A claim path is made of names, positions and nulls.");
        Segments = [.. segments];
    }

    /// <summary>string, int or null.</summary>
    public IReadOnlyList<object?> Segments { get; }

    /// <summary>Reads a JSON array; false with a reason for an empty or long one and for segments of another kind.</summary>
    public static bool TryParse(JsonNode? json, [NotNullWhen(true)] out ClaimPath? path, out string reason)
    {
        path = null;
        reason = "claim path is not a list of names, positions and nulls";
        if (json is not JsonArray { Count: >= 1 and <= MaxSegments } items) return false;
        var segments = new object?[items.Count];
        for (var i = 0; i < segments.Length; i++)
        {
            if (items[i] is null) continue;
            if (StrictJson.Text(items[i]) is { } name) segments[i] = name;
            else if (StrictJson.Integer(items[i]) is >= 0 and <= int.MaxValue and var index) segments[i] = (int)index;
            else return false;
        }
        path = new ClaimPath(segments);
        reason = "";
        return true;
    }

    /// <summary>The path as a JSON array.</summary>
    public JsonArray ToJson() => new(Segments.Select(s => s switch
    {
        string name => (JsonNode?)JsonValue.Create(name),
        int index => JsonValue.Create(index),
        _ => null,
    }).ToArray());

    /// <summary>
    /// The nodes the path selects, with the exact path of each (OpenID4VP 1.0 §7.1.1). None when a member or position is missing everywhere,
    /// or when a name is looked for in something that is not an object, or a position in something that is not an array.
    /// </summary>
    public IReadOnlyList<(ClaimPath Path, JsonNode? Value)> Select(JsonNode? root)
    {
        List<(object?[] Path, JsonNode? Node)> found = [([], root)];
        foreach (var segment in Segments)
        {
            List<(object?[] Path, JsonNode? Node)> next = [];
            foreach (var (path, node) in found)
            {
                switch (segment, node)
                {
                    case (string name, JsonObject members):
                        if (members.TryGetPropertyValue(name, out var value)) next.Add(([.. path, name], value));
                        break;
                    case (int index, JsonArray items):
                        if (index < items.Count) next.Add(([.. path, index], items[index]));
                        break;
                    case (null, JsonArray items):
                        for (var i = 0; i < items.Count; i++) next.Add(([.. path, i], items[i]));
                        break;
                    default:
                        return [];
                }
                if (next.Count > MaxSelected) return [];
            }
            found = next;
        }
        return [.. found.Select(f => (new ClaimPath(f.Path), f.Node))];
    }

    /// <summary>True when this path is the other one, or leads to something the other one lies in. Null matches every position.</summary>
    public bool Covers(ClaimPath other)
    {
        if (Segments.Count > other.Segments.Count) return false;
        for (var i = 0; i < Segments.Count; i++)
        {
            var (mine, theirs) = (Segments[i], other.Segments[i]);
            if (!Equals(mine, theirs) && !(mine is null && theirs is int) && !(mine is int && theirs is null)) return false;
        }
        return true;
    }

    /// <inheritdoc/>
    public bool Equals(ClaimPath? other) => other is not null && Segments.SequenceEqual(other.Segments);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ClaimPath);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var segment in Segments) hash.Add(segment);
        return hash.ToHashCode();
    }

    /// <summary>The JSON array as text.</summary>
    public override string ToString() => ToJson().ToJsonString();
}
