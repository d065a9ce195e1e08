using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Identity.Credentials.Transparency;

/// <summary>The body of C2SP tlog-witness <c>add-checkpoint</c>: what the witness had last, the proof that the log only appended since, and the signed checkpoint.</summary>
/// <param name="OldSize">Size of the checkpoint that the witness cosigned last; 0 for none.</param>
/// <param name="Proof">Consistency proof from that size, RFC 6962 §2.1.2; empty from 0 and between equal sizes.</param>
/// <param name="Checkpoint">The signed checkpoint, verbatim.</param>
public sealed record WitnessRequest(long OldSize, IReadOnlyList<byte[]> Proof, string Checkpoint)
{
    /// <summary>Media type of the answer 409: the size that the witness has, in decimal, and a newline.</summary>
    public const string SizeType = "text/x.tlog.size";

    /// <summary>Bytes of the longest body that is read.</summary>
    public const int MaxBytes = 64 * 1024;

    private const int MaxProof = 63;

    /// <summary>How a log is named in a witness's addresses: the SHA-256 of its origin in lowercase hex (C2SP tlog-witness, Monitor Retrieval).</summary>
    public static string LogOf(string origin) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(origin)));

    /// <summary>The body.</summary>
    public string Text
    {
        get
        {
            var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"old {OldSize}\n");
            foreach (var hash in Proof) text.Append(Convert.ToBase64String(hash)).Append('\n');
            return text.Append('\n').Append(Checkpoint).ToString();
        }
    }

    /// <summary>Reads a body; the checkpoint in it is not looked at.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out WitnessRequest? request)
    {
        request = null;
        if (text is null || text.Length > MaxBytes) return false;
        var split = text.IndexOf("\n\n", StringComparison.Ordinal);
        if (split < 0) return false;
        var lines = text[..split].Split('\n');
        if (!lines[0].StartsWith("old ", StringComparison.Ordinal) || !Transparency.Checkpoint.TryDecimal(lines[0]["old ".Length..], out var old) || lines.Length > MaxProof + 1) return false;
        var proof = new List<byte[]>();
        foreach (var line in lines[1..])
        {
            if (!StrictBase64.TryDecodeHash(line, out var hash)) return false;
            proof.Add(hash);
        }
        request = new WitnessRequest(old, proof, text[(split + 2)..]);
        return true;
    }

    /// <summary>Reads the body of an answer 409.</summary>
    public static bool TryParseSize(string text, out long size)
    {
        size = 0;
        return text.EndsWith('\n') && Transparency.Checkpoint.TryDecimal(text[..^1], out size);
    }
}
