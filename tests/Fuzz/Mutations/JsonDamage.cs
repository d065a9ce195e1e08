using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Fuzz.Engine;

namespace Identity.Fuzz.Mutations;

/// <summary>Changes that keep JSON well formed, or break it in the ways that readers disagree about: a member twice, deep nesting, numbers at their ends.</summary>
public static class JsonDamage
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 256 };

    private static readonly string[] Strange =
    [
        "null", "[]", "{}", "\"\"", "true", "false", "0", "-1", "0.5", "1e3", "1E400", "-0", "-1e-400", "2147483648", "9007199254740993", "9223372036854775807", "9223372036854775808", "18446744073709551616", "253402300800",
        "[[]]", "[null]", "[\"\"]", "\"_sd\"", "\"...\"", "{\"_sd\":[]}", "{\"_sd\":[1]}", "{\"_sd\":\"x\"}", "[{\"...\":1}]", "{\"...\":\"x\"}", "{\"_sd_alg\":\"md5\"}", "{\"jwk\":{}}", "{\"status_list\":{\"idx\":-1,\"uri\":\"x\"}}",
        "\"none\"", "\"HS256\"", "\"EdDSA\"", "\"ES256\"", "\"javascript:alert(1)\"", "\"https://user@attacker.example/\"", "\"http://127.0.0.1/\"", "\"file:///etc/passwd\"", "\"\\u0000\"", "\"\\ud83d\\ude00\"", "\"é\"", "\"e\\u0301\"", "\"\\u202e\"",
    ];

    /// <summary>One to three changes; <paramref name="others"/> give pieces.</summary>
    public static string Text(string good, IReadOnlyList<string> others, Dice dice)
    {
        var text = good;
        for (var n = 1 + (dice.OneIn(3) ? dice.Next(3) : 0); n > 0; n--)
        {
            try
            {
                text = One(text, others, dice);
            }
            catch (InvalidOperationException)
            {
                text = Damage.Text(text, others, dice); // half a surrogate pair of an earlier change: the framework's tree cannot write it
            }
        }
        return text;
    }

    private static string One(string text, IReadOnlyList<string> others, Dice dice)
    {
        JsonNode? root;
        try
        {
            root = JsonNode.Parse(text, null, new JsonDocumentOptions { MaxDepth = 128, AllowDuplicateProperties = false });
        }
        catch (Exception fault) when (fault is JsonException or ArgumentException)
        {
            return Damage.Text(text, others, dice);
        }
        switch (dice.Next(10))
        {
            case 0: return Damage.Text(text, others, dice);
            case 1: return Twice(text, dice);
            case 2: return Deep(text, dice);
        }
        if (root is null) return text;
        var nodes = new List<JsonNode>();
        Collect(root, nodes);
        if (nodes.Count == 0) return dice.Pick(Strange);
        var target = dice.Pick(nodes);
        switch (dice.Next(6))
        {
            case 0 when target.Parent is JsonObject members:
                members.Remove(target.GetPropertyName());
                break;
            case 1 when target.Parent is JsonObject members: // under another name
                var name = dice.Pick((string[])["_sd", "...", "_sd_alg", "", "exp", "iss", "cnf", "alg", "crit", "x", "__proto__", "é", .. members.Select(m => m.Key)]);
                var value = target.DeepClone();
                if (dice.OneIn(2)) members.Remove(target.GetPropertyName());
                members[name] = value;
                break;
            case 2 when target is JsonArray items && items.Count > 0:
                for (var n = 1 + dice.Next(dice.OneIn(10) ? 200 : 3); n > 0; n--) items.Insert(dice.Next(items.Count), items[dice.Next(items.Count)]?.DeepClone());
                break;
            case 3:
                target.ReplaceWith(dice.Pick(nodes).DeepClone());
                break;
            case 4 when target is JsonValue text4 && text4.GetValueKind() == JsonValueKind.String:
                target.ReplaceWith(Damage.Text(text4.GetValue<string>(), ["A", "é"], dice));
                break;
            default:
                target.ReplaceWith(JsonNode.Parse(dice.Pick(Strange)));
                break;
        }
        return root.ToJsonString(Relaxed);
    }

    /// <summary>A member that stands twice: readers take the first, the last, or neither.</summary>
    private static string Twice(string text, Dice dice)
    {
        var starts = Enumerable.Range(0, text.Length).Where(i => text[i] == '{').ToArray();
        if (starts.Length == 0) return text;
        var at = dice.Pick(starts) + 1;
        var end = text.IndexOfAny([',', '}'], at);
        var member = dice.OneIn(2) && end > at ? text[at..end] : $"\"{dice.Pick((string[])["alg", "typ", "iss", "vct", "nonce", "aud", "_sd", "id", "x"])}\":{dice.Pick(Strange)}";
        return text.Insert(at, text[at..].TrimStart().StartsWith('}') ? member : member + ",");
    }

    private static string Deep(string text, Dice dice)
    {
        var depth = dice.Pick((int[])[2, 10, 30, 31, 32, 33, 64, 70, 1000, 20_000]);
        var places = Enumerable.Range(0, text.Length).Where(i => text[i] is ':' or '[').ToArray();
        if (places.Length == 0) return text;
        var at = dice.Pick(places) + 1;
        var objects = dice.OneIn(2);
        var nest = new StringBuilder();
        for (var i = 0; i < depth; i++) nest.Append(objects ? "{\"a\":" : "[");
        nest.Append('1');
        if (!dice.OneIn(4)) for (var i = 0; i < depth; i++) nest.Append(objects ? '}' : ']');
        var end = at;
        if (text[at - 1] == ':') while (end < text.Length && text[end] is not (',' or '}' or ']')) end++;
        else nest.Append(at < text.Length && text[at] == ']' ? "" : ",");
        return text[..at] + nest + text[end..];
    }

    private static void Collect(JsonNode node, List<JsonNode> found)
    {
        foreach (var child in node is JsonObject members ? members.Select(m => m.Value) : node is JsonArray items ? items : [])
        {
            if (child is null) continue;
            found.Add(child);
            Collect(child, found);
        }
    }
}
