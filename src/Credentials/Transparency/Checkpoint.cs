using System.Globalization;
using Identity.Credentials.Jose;

namespace Identity.Credentials.Transparency;

/// <summary>A C2SP tlog-checkpoint: the head of a log's tree, as text to be signed or as read from a signed note.</summary>
/// <param name="Origin">The log's identity: a URL without its scheme.</param>
/// <param name="Size">Number of entries.</param>
/// <param name="Root">32 bytes.</param>
public sealed record Checkpoint(string Origin, long Size, byte[] Root)
{
    /// <summary>The note it was read from; null for one not yet signed.</summary>
    public SignedNote? Note { get; private init; }

    /// <summary>The three lines that are signed.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{Origin}\n{Size}\n{Convert.ToBase64String(Root)}\n");

    /// <summary>The signed note's full text, as served at <c>/checkpoint</c>. The name is usually the origin.</summary>
    public string Sign(string name, ISigner ed25519) => SignedNote.Sign(Text, name, ed25519).Full;

    /// <summary>Reads a signed checkpoint; its signatures are judged by <see cref="Verify"/>. Extension lines are accepted and kept in the note.</summary>
    public static bool TryParse(string? text, out Checkpoint? checkpoint, out string reason)
    {
        checkpoint = null;
        if (!SignedNote.TryParse(text, out var note, out reason)) return false;

        reason = "checkpoint_malformed";
        var lines = note!.Text.Split('\n'); // ends with an empty element after the final newline
        if (lines.Length < 4 || lines[..^1].Any(l => l.Length == 0)) return false;
        if (!TryDecimal(lines[1], out var size)) return false;
        if (!StrictBase64.TryDecodeHash(lines[2], out var root)) return false;

        checkpoint = new Checkpoint(lines[0], size, root) { Note = note };
        reason = "";
        return true;
    }

    /// <summary>Whether the named Ed25519 key signed this checkpoint as read.</summary>
    public bool Verify(string name, ReadOnlySpan<byte> ed25519PublicKey) => Note is not null && Note.Verify(name, ed25519PublicKey);

    /// <summary>ASCII decimal without sign and leading zeroes.</summary>
    internal static bool TryDecimal(string text, out long value) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && (text.Length == 1 || text[0] != '0');
}
