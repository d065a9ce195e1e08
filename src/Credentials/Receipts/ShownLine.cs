using System.Diagnostics.CodeAnalysis;
using Identity.Credentials.Jose;

namespace Identity.Credentials.Receipts;

/// <summary>The wallet's own line about a showing (docs/check-receipt.md): the word of whoever holds the copy that was shown.</summary>
/// <param name="At"><c>iat</c>, whole seconds, by the phone's clock.</param>
/// <param name="Asker">Who asked, as the wallet named them.</param>
/// <param name="Standing">How far that was verified.</param>
/// <param name="AskerKey">Thumbprint of the key that asked; null where none did.</param>
/// <param name="Purpose">Why, as it was shown.</param>
/// <param name="Shown">Names of the claims shown.</param>
/// <param name="Entry">Log entry of the copy: 32 bytes.</param>
/// <param name="Presentation">SHA-256 of what was shown; null for a code that is redrawn.</param>
/// <param name="Question">SHA-256 of the question's text; null where nothing was asked.</param>
public sealed record ShownLine(
    DateTimeOffset At, string Asker, string Standing, string? AskerKey, string Purpose, IReadOnlyList<string> Shown, byte[] Entry, byte[]? Presentation, byte[]? Question)
{
    /// <summary><c>typ</c> of the header.</summary>
    public const string Typ = "identity-shown+jwt";

    /// <summary>Reads a line and verifies that the key inside signed it. Whether that is the copy's key, only who has the credential can say.</summary>
    public static bool TryRead(string? text, [NotNullWhen(true)] out ShownLine? line, [NotNullWhen(true)] out Jwk? key, out string reason)
    {
        line = null;
        if (!SignedLine.TryOpen(text, Typ, "the token is no line of a wallet", out var json, out key, out reason)) return false;
        reason = "the line lacks a member, or one has another form";
        var (presentation, question) = (SignedLine.Hash(json["presentation"]), SignedLine.Hash(json["question"]));
        if (StrictJson.Time(json["iat"]) is not { } at || StrictJson.Text(json["asker"]) is not { Length: <= 2000 } asker || StrictJson.Text(json["standing"]) is not { Length: > 0 and <= 60 } standing
            || StrictJson.Text(json["purpose"]) is not { Length: <= 2000 } purpose || SignedLine.Names(json["shown"]) is not { } shown || SignedLine.Hash(json["entry"]) is not { } entry
            || presentation is null != json["presentation"] is null || question is null != json["question"] is null) return false;
        line = new ShownLine(at, asker, standing, StrictJson.Text(json["key"]), purpose, shown, entry, presentation, question);
        reason = "";
        return true;
    }
}
