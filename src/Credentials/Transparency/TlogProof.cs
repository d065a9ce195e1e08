using System.Globalization;
using System.Text;

namespace Identity.Credentials.Transparency;

/// <summary>A receipt in the form of C2SP tlog-proof@v1: where an entry lies in a log, the path to the root, and the signed checkpoint.</summary>
/// <param name="Index">Zero-based position of the entry.</param>
/// <param name="Path">Hashes from the leaf's sibling up to the root's child.</param>
/// <param name="Checkpoint">The signed checkpoint, verbatim.</param>
public sealed record TlogProof(long Index, IReadOnlyList<byte[]> Path, string Checkpoint)
{
    private const string Header = "c2sp.org/tlog-proof@v1";
    private const int MaxPath = 63;

    /// <summary>The text form, as stored in a <c>.tlog-proof</c> file.</summary>
    public string Text
    {
        get
        {
            var text = new StringBuilder();
            text.Append(Header).Append('\n').Append(CultureInfo.InvariantCulture, $"index {Index}\n");
            foreach (var hash in Path) text.Append(Convert.ToBase64String(hash)).Append('\n');
            return text.Append('\n').Append(Checkpoint).ToString();
        }
    }

    /// <summary>Reads the text form. An <c>extra</c> line is allowed and dropped: nothing authenticates it.</summary>
    public static bool TryParse(string? text, out TlogProof? proof, out string reason)
    {
        proof = null;
        reason = "receipt_malformed";
        if (text is null || text.Length > SignedNote.MaxBytes) return false;
        var split = text.IndexOf("\n\n", StringComparison.Ordinal);
        if (split < 0) return false;

        var lines = new Queue<string>(text[..split].Split('\n'));
        if (lines.Dequeue() != Header) return false;
        if (lines.TryPeek(out var extra) && extra.StartsWith("extra ", StringComparison.Ordinal))
        {
            if (!StrictBase64.TryDecode(extra["extra ".Length..], out _)) return false;
            lines.Dequeue();
        }

        if (!lines.TryDequeue(out var index) || !index.StartsWith("index ", StringComparison.Ordinal)) return false;
        if (!Transparency.Checkpoint.TryDecimal(index["index ".Length..], out var at) || lines.Count > MaxPath) return false;

        var path = new List<byte[]>();
        foreach (var line in lines)
        {
            if (!StrictBase64.TryDecodeHash(line, out var hash)) return false;
            path.Add(hash);
        }

        proof = new TlogProof(at, path, text[(split + 2)..]);
        reason = "";
        return true;
    }

    /// <summary>
    /// Whether the entry is in the log of this origin as the checkpoint's signer states it. The checkpoint must name the origin
    /// and carry the signature of the origin's key; reasons: <c>checkpoint_…</c>, <c>receipt_origin</c>, <c>receipt_signature</c>, <c>receipt_path</c>.
    /// </summary>
    public bool TryVerify(ReadOnlySpan<byte> entry, string origin, ReadOnlySpan<byte> ed25519PublicKey, out Checkpoint? checkpoint, out string reason)
    {
        if (!Transparency.Checkpoint.TryParse(Checkpoint, out checkpoint, out reason)) return false;
        reason = "receipt_origin";
        if (checkpoint!.Origin != origin) return false;
        reason = "receipt_signature";
        if (!checkpoint.Verify(origin, ed25519PublicKey)) return false;
        reason = "receipt_path";
        if (!MerkleTree.VerifyInclusion(Index, checkpoint.Size, MerkleTree.LeafHash(entry), checkpoint.Root, Path)) return false;
        reason = "";
        return true;
    }
}
