using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Identity.Credentials.Transparency;

/// <summary>
/// Proof that a log told two stories, for anybody to check without asking anyone: two checkpoints that its key signed and that no one tree can have. JSON, format
/// <c>identity-fork-evidence/1</c>.
/// </summary>
/// <param name="Origin">The log.</param>
/// <param name="Key">Its verifier key. That it is the log's must be known from elsewhere: the registry on the chain says so.</param>
/// <param name="First">The signed checkpoint that is not larger.</param>
/// <param name="Second">The other one.</param>
/// <param name="Proof">Where the sizes differ: the path of <see cref="MerkleTree.TryRootsFromConsistency"/>, hashes in base64, which leads to the second root and to another root than the first's. Else empty.</param>
/// <param name="FoundBy">Who noticed; proves nothing.</param>
/// <param name="FoundAt">When, RFC 3339; proves nothing.</param>
public sealed record ForkEvidence(
    [property: JsonPropertyName("origin")] string Origin,
    [property: JsonPropertyName("key")] string Key,
    [property: JsonPropertyName("first")] string First,
    [property: JsonPropertyName("second")] string Second,
    [property: JsonPropertyName("proof")] IReadOnlyList<string> Proof,
    [property: JsonPropertyName("foundBy")] string FoundBy,
    [property: JsonPropertyName("foundAt")] string FoundAt)
{
    /// <summary>Bytes of the largest file that is read.</summary>
    public const int MaxBytes = 256 * 1024;

    private const string FormatName = "identity-fork-evidence/1";
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true, AllowDuplicateProperties = false, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Always <c>identity-fork-evidence/1</c>.</summary>
    [JsonPropertyName("format"), JsonPropertyOrder(-1), JsonRequired]
    public string Format { get; init; } = FormatName;

    /// <summary>The file.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json) + "\n";

    /// <summary>Puts it together and keeps it only if it holds: null where the two may belong to one tree.</summary>
    public static ForkEvidence? Of(VKey key, string origin, string first, string second, IReadOnlyList<byte[]> proof, string foundBy, DateTimeOffset foundAt)
    {
        var evidence = new ForkEvidence(origin, key.ToString(), first, second, [.. proof.Select(Convert.ToBase64String)], foundBy, foundAt.ToRfc3339());
        return evidence.Holds(out _) ? evidence : null;
    }

    /// <summary>Reads the file; whether it proves anything says <see cref="Holds"/>.</summary>
    public static bool TryParse(string json, [NotNullWhen(true)] out ForkEvidence? evidence)
    {
        evidence = null;
        if (json.Length > MaxBytes) return false;
        try
        {
            evidence = JsonSerializer.Deserialize<ForkEvidence>(json, Json);
        }
        catch (JsonException)
        {
            return false;
        }
        if (evidence is { Format: FormatName } && !evidence.Proof.Contains(null!)) return true;
        evidence = null;
        return false;
    }

    /// <summary>Whether it proves that the key signed two trees; if not, what is wrong with it, in a sentence.</summary>
    public bool Holds(out string reason)
    {
        if (!VKey.TryParse(Key, out var key) || key.Type != NoteKeyType.Ed25519) return No("The key is not the verifier key of a log.", out reason);
        if (!TryRead(First, key, out var first)) return No("The first checkpoint is not one of this log, signed with this key.", out reason);
        if (!TryRead(Second, key, out var second)) return No("The second checkpoint is not one of this log, signed with this key.", out reason);
        if (first.Size > second.Size) return No("The first checkpoint is the larger one.", out reason);
        if (first.Size == second.Size)
        {
            return Proof.Count > 0 ? No("Between equal sizes there is no path.", out reason)
                : first.Root.AsSpan().SequenceEqual(second.Root) ? No("Both checkpoints are of the same tree.", out reason) : Yes(out reason);
        }
        var path = new List<byte[]>();
        foreach (var text in Proof)
        {
            if (!StrictBase64.TryDecodeHash(text, out var hash)) return No("The path holds something that is no hash.", out reason);
            path.Add(hash);
        }
        if (!MerkleTree.TryRootsFromConsistency(first.Size, second.Size, path, out var rootM, out var rootN) || !rootN.AsSpan().SequenceEqual(second.Root))
            return No("The path does not lead to the root of the second checkpoint.", out reason);
        return rootM.AsSpan().SequenceEqual(first.Root) ? No("The second tree continues the first.", out reason) : Yes(out reason);
    }

    private bool TryRead(string note, VKey key, [NotNullWhen(true)] out Checkpoint? checkpoint) =>
        Checkpoint.TryParse(note, out checkpoint, out _) && checkpoint!.Origin == Origin && checkpoint.Verify(key.Name, key.PublicKey);

    private static bool Yes(out string reason)
    {
        reason = "";
        return true;
    }

    private static bool No(string sentence, out string reason)
    {
        reason = sentence;
        return false;
    }
}
