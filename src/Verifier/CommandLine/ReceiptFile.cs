using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.Receipts;
using static Identity.Verifier.CommandLine.ReceiptCommand;

namespace Identity.Verifier.CommandLine;

/// <summary>Several receipts in one file: what the scanner's page saves, one in each line, or what a wallet saves of one showing, with its own signed lines.</summary>
/// <param name="Receipts">Receipts as text.</param>
/// <param name="Lines">A wallet's own lines about the showing; none in a scanner's file.</param>
/// <param name="Question">The question as it was asked; null where there was none.</param>
internal sealed record ReceiptFile(IReadOnlyList<string> Receipts, IReadOnlyList<string> Lines, string? Question)
{
    /// <summary>Most receipts in a file; a scanner keeps 500.</summary>
    private const int Most = 1000;

    /// <summary>Reads a file with more than one receipt, or a wallet's; false for a single receipt, which is told at length.</summary>
    public static bool TryRead(string text, [NotNullWhen(true)] out ReceiptFile? file)
    {
        file = null;
        if (StrictJson.TryParseObject(Encoding.UTF8.GetBytes(text), out var json, out _))
        {
            if (Texts(json["lines"]) is { } lines && Texts(json["receipts"]) is { } receipts && lines.Count + receipts.Count > 0) file = new ReceiptFile(receipts, lines, StrictJson.Text(json["question"]));
            return file is not null;
        }

        var each = text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (each.Length > Most) throw new ArgumentException($"The file has more than {Most} receipts.");
        if (each.Length > 1) file = new ReceiptFile(each, [], null);
        return file is not null;
    }

    /// <summary>A line of result for each; the exit code is that of the worst, but one receipt about the given credential is enough.</summary>
    public async Task<int> TellAsync(string? shown, VerifySession session, TextWriter output)
    {
        var codes = new List<int>();
        var about = 0;
        foreach (var (name, (code, copy, said)) in Receipts.Select((text, at) => ($"receipt {at + 1}", Receipt(text, shown, session)))
                     .Concat(Lines.Select((text, at) => ($"line {at + 1}", Line(text, shown, session)))))
        {
            await output.WriteLineAsync($"{name}: {said}");
            codes.Add(code);
            if (code == VerifyCommand.Valid && copy is not (Copy.Another or Copy.NotGiven)) about++;
        }

        if (codes.Contains(VerifyCommand.NotValid) || (shown is not null && about == 0 && !codes.Contains(VerifyCommand.CannotTell))) return VerifyCommand.NotValid;
        return codes.Contains(VerifyCommand.CannotTell) ? VerifyCommand.CannotTell : VerifyCommand.Valid;
    }

    private static (int, Copy, string) Receipt(string text, string? shown, VerifySession session)
    {
        if (!CheckReceipt.TryRead(text, out var receipt, out var key, out var reason)) return (VerifyCommand.NotValid, Copy.NotGiven, $"NOT A RECEIPT: {VerdictText.Clean(reason)}");
        var copy = CopyOf(shown, receipt.Presentation, receipt.Entry);
        var thumbprint = key.ThumbprintText();
        var found = WhoseKey(session, thumbprint, receipt.IssuedAt);
        var word = found is not null ? "GENUINE" : session.Note is not null ? "CANNOT TELL" : "NOT GENUINE";
        var by = found is { } one ? $"{one.Profile.Name} ({one.Profile.Country}){(one.Profile.Demonstration ? " DEMONSTRATION" : "")}, registered by {one.Authority}" : $"nobody whom the ledger knows at that time (key {thumbprint})";
        var said = $"{word}, checked {receipt.CheckedAt:u} by {by}; verdict then {Verdict(receipt.Outcome, receipt.Reason)}, binding {receipt.Binding}, shown {Names(receipt.Shown)}{(receipt.Purpose is { } purpose ? $", purpose “{purpose}”" : "")}{About(copy)}";
        return (found is not null ? VerifyCommand.Valid : session.Note is not null ? VerifyCommand.CannotTell : VerifyCommand.NotValid, copy, VerdictText.Clean(said));
    }

    /// <summary>The word of whoever holds the copy: that its own key signed the line shows only with the credential at hand.</summary>
    private (int, Copy, string) Line(string text, string? shown, VerifySession session)
    {
        if (!ShownLine.TryRead(text, out var line, out var key, out var reason)) return (VerifyCommand.NotValid, Copy.NotGiven, $"NOT A LINE OF A WALLET: {VerdictText.Clean(reason)}");
        if (line.Question is { } digest && (Question is null || !SHA256.HashData(Encoding.UTF8.GetBytes(Question)).AsSpan().SequenceEqual(digest)))
            return (VerifyCommand.NotValid, Copy.NotGiven, "NOT VALID: the question that lies beside it is missing or another one");
        var copy = CopyOf(shown, line.Presentation, line.Entry);
        if (shown is not null && copy is not Copy.Another && ShownText.HolderOf(shown) is { } holder && holder != key.ThumbprintText())
            return (VerifyCommand.NotValid, copy, "NOT VALID: another key signed it than the credential names");
        // Whoever signs a line can write any key into it: what the register says of that key is told as such.
        var asked = line.AskerKey is { } asker ? $"“{line.Asker}”, naming {(WhoseKey(session, asker, line.At) is { } known ? $"the key of {known.Profile.Name} ({known.Profile.Country}), registered by {known.Authority}" : $"key {asker}, which the ledger does not know at that time")}" : $"“{line.Asker}”";
        var said = $"SIGNED by {(copy is Copy.NotGiven or Copy.Another ? "a key of its own" : "the key of the credential")}, shown {line.At:u} by the phone's clock to {asked}: {Names(line.Shown)}{(line.Purpose.Length > 0 ? $", purpose “{line.Purpose}”" : "")}{About(copy)}";
        return (VerifyCommand.Valid, copy, VerdictText.Clean(said));
    }

    private static string About(Copy copy) => copy switch
    {
        Copy.TheAnswer => "; the given text is what was shown, byte for byte",
        Copy.TheCopy => "; the given credential is the very copy",
        Copy.Another => "; about another credential than the given one",
        _ => "",
    };

    private static List<string>? Texts(JsonNode? json) =>
        json is JsonArray { Count: <= Most } list && list.All(item => StrictJson.Text(item) is not null) ? [.. list.Select(item => StrictJson.Text(item)!)] : null;
}
