using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Verdicts;

namespace Identity.Verifier.Results;

/// <summary>What can be said of the holders of several credentials. Equal names never prove one person.</summary>
public enum Holders
{
    /// <summary>Only one credential was shown.</summary>
    One,
    /// <summary>The same key answered for all of them: one holder.</summary>
    SameKey,
    /// <summary>The names agree.</summary>
    NamesAgree,
    /// <summary>The names differ.</summary>
    NamesDiffer,
    /// <summary>Not every credential showed a name.</summary>
    NamesNotShown,
}

/// <summary>Compares the names in several credentials.</summary>
public static class NameComparison
{
    private static readonly string[] Latin = ["full_name", "holder_name"];
    private static readonly string[] Native = ["full_name_native", "holder_name_native"];

    /// <summary>Compares proven credentials; <paramref name="holderKeys"/> are thumbprints of keys that answered, in the same order.</summary>
    public static Holders Compare(IReadOnlyList<Verdict> verdicts, IReadOnlyList<string?> holderKeys)
    {
        if (verdicts.Count < 2) return Holders.One;
        if (holderKeys.All(key => key is not null) && holderKeys.Distinct(StringComparer.Ordinal).Count() == 1) return Holders.SameKey;
        return Same(verdicts, Latin) ?? Same(verdicts, Native) ?? Holders.NamesNotShown;
    }

    private static Holders? Same(IReadOnlyList<Verdict> verdicts, string[] names)
    {
        var found = verdicts.Select(verdict => Name(verdict.Claims, names)).ToList();
        if (found.Any(name => name is null)) return null;
        return found.Distinct(StringComparer.Ordinal).Count() == 1 ? Holders.NamesAgree : Holders.NamesDiffer;
    }

    private static string? Name(JsonObject claims, string[] names) =>
        names.Select(name => claims[name] is JsonValue value && value.TryGetValue<string>(out var text) ? Plain(text) : null).FirstOrDefault(text => text is { Length: > 0 });

    /// <summary>Case, accents written apart, punctuation and spacing do not make another name.</summary>
    internal static string Plain(string name)
    {
        var plain = new StringBuilder(name.Length);
        var wellFormed = string.Concat(name.EnumerateRunes()); // a lone surrogate becomes U+FFFD
        foreach (var rune in wellFormed.Normalize(NormalizationForm.FormKC).ToLowerInvariant().EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark) plain.Append(rune);
            else if (plain.Length > 0 && plain[^1] != ' ') plain.Append(' ');
        }
        return plain.ToString().TrimEnd();
    }
}
