using System.Text.Json.Nodes;
using Identity.Credentials.SdJwt;

namespace Identity.Interop.Tests;

/// <summary>Random claims with random places that may be withheld, the same from the same seed.</summary>
internal sealed class ClaimTrees(int seed)
{
    private static readonly string[] Words = ["", "Diploma", "أمينة", "ਪੰਜਾਬੀ", "a~b.c", "\"quoted\\\"", "\u0000\u001f", "🛠️", "</script>", " ", "é", "é"];
    private readonly Random _random = new(seed);

    /// <summary>One tree: its claims, what is selective as our paths, and the same as a peer's frame.</summary>
    public (JsonObject Claims, IReadOnlyList<ClaimPath> Selective, JsonObject Frame) Next()
    {
        var paths = new List<ClaimPath>();
        var claims = Members(3, [], paths, out var frame);
        claims["vct"] = "urn:example:tree:1";
        return (claims, paths, frame);
    }

    private JsonObject Members(int depth, object?[] path, List<ClaimPath> paths, out JsonObject frame)
    {
        frame = [];
        var members = new JsonObject();
        var hidden = new JsonArray();
        for (var i = _random.Next(1, 6); i > 0; i--)
        {
            var name = $"c{i}{(_random.Next(4) == 0 ? "-ü" : "")}";
            members[name] = Value(depth - 1, [.. path, name], paths, out var inner);
            if (inner is { Count: > 0 }) frame[name] = inner;
            if (_random.Next(2) == 0) continue;
            hidden.Add(name);
            paths.Add(new ClaimPath([.. path, name]));
        }
        if (hidden.Count > 0) frame["_sd"] = hidden;
        return members;
    }

    private JsonNode? Value(int depth, object?[] path, List<ClaimPath> paths, out JsonObject? frame)
    {
        frame = null;
        switch (_random.Next(depth > 0 ? 7 : 5))
        {
            case 0: return null;
            case 1: return _random.Next(2) == 0;
            case 2: return _random.Next(-1_000_000, 1_000_000);
            case 3 or 4: return Words[_random.Next(Words.Length)];
            case 5:
                var members = Members(depth, path, paths, out var inner);
                frame = inner;
                return members;
            default:
                frame = [];
                var items = new JsonArray();
                var hidden = new JsonArray();
                for (var i = 0; i < _random.Next(1, 5); i++)
                {
                    items.Add(Words[_random.Next(Words.Length)]);
                    if (_random.Next(2) == 0) continue;
                    hidden.Add(i);
                    paths.Add(new ClaimPath([.. path, i]));
                }
                if (hidden.Count > 0) frame["_sd"] = hidden;
                return items;
        }
    }
}
