using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Identity.Credentials.Jose;
using Identity.Credentials.Verifiers;

namespace Identity.Credentials.Accreditation;

/// <summary>
/// What an accreditation is for. Public; on the ledger as canonical JSON (RFC 8785), whose SHA-256 stands in the contract. A member that is absent sets no limit;
/// of several accreditations one above the other each must allow what is issued.
/// </summary>
/// <param name="Types">The vct of each type; null for every type.</param>
/// <param name="Kinds">Values of the claim <c>kind</c>.</param>
/// <param name="Eqf">Levels of the European Qualifications Framework, 1 to 8.</param>
/// <param name="Nqf">Levels of national frameworks, by the framework's name. They are compared with levels of the same framework alone: no level of one framework stands for one of another, nor for a European one.</param>
/// <param name="Fields">Codes of ISCED-F 2013 of two to four digits; each stands for all codes that begin with it.</param>
/// <param name="Occupations">Codes of ISCO-08 of one to four digits; each stands for all codes that begin with it.</param>
/// <param name="Jurisdictions">Two capital letters each (ISO 3166-1).</param>
/// <param name="OnBehalfOf">
/// Ids of closed organisations in whose place may be issued, 64 hexadecimal digits each; nothing else is covered then. Absent from the issuer's own accreditation it lets nobody issue in another's place.
/// </param>
/// <param name="Label">The whole in words, per language (BCP 47), for people.</param>
public sealed record Scope(
    IReadOnlyList<string>? Types,
    IReadOnlyList<string>? Kinds = null,
    LevelRange? Eqf = null,
    IReadOnlyDictionary<string, LevelRange>? Nqf = null,
    IReadOnlyList<string>? Fields = null,
    IReadOnlyList<string>? Occupations = null,
    IReadOnlyList<string>? Jurisdictions = null,
    IReadOnlyList<string>? OnBehalfOf = null,
    IReadOnlyDictionary<string, string>? Label = null)
{
    /// <summary>The most bytes of canonical JSON that the contract takes.</summary>
    public const int MaxBytes = 4096;

    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>
    /// The first way in which it does not allow what was issued; null where it does. An absent member sets no limit, and what the credential does not show cannot
    /// be compared: <see cref="NotShown"/> lists it.
    /// </summary>
    public ScopeGap? GapFor(ScopeFacts facts) =>
        OneOf(GapReason.Type, Types, facts.Type)
        ?? OneOf(GapReason.Kind, Kinds, facts.Kind)
        ?? (Eqf is not null && facts.Eqf is { } level && !Eqf.Holds(level) ? new ScopeGap(GapReason.Level, level, Eqf.ToString()) : null)
        ?? (LimitOf(facts) is { } national && !national.HoldsNational(facts.NqfLevel!) ? new ScopeGap(GapReason.Level, facts.National, $"{facts.NqfFramework} {national}") : null)
        ?? Below(GapReason.Field, Fields, facts.Field)
        ?? Below(GapReason.Occupation, Occupations, facts.Occupation)
        ?? OneOf(GapReason.Jurisdiction, Jurisdictions, facts.Jurisdiction)
        ?? OneOf(GapReason.OnBehalfOf, OnBehalfOf, facts.OnBehalfOf)
        ?? OwnName(facts);

    /// <summary>What it limits and the credential, whose type could, does not show. A limit of national levels is open, too, where the credential states one of a framework that this scope does not name, or a European one alone.</summary>
    public IReadOnlyList<GapReason> NotShown(ScopeFacts facts)
    {
        var open = facts.Hidden.Where(Limits).ToList();
        var hasLevels = facts.Eqf is not null || facts.NqfFramework is not null || facts.NqfLevel is not null || facts.Hidden.Contains(GapReason.Level);
        if (Nqf is not null && hasLevels && LimitOf(facts) is null && !open.Contains(GapReason.Level)) open.Add(GapReason.Level);
        open.Sort();
        return open;
    }

    /// <summary>The canonical JSON.</summary>
    public string Canonical() => CanonicalJson.Write(ToJson());

    /// <summary>The scope's id: 32 bytes.</summary>
    public byte[] Id() => SHA256.HashData(Utf8.GetBytes(Canonical()));

    /// <summary>The members as JSON, absent ones left out.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject { ["v"] = 1 };
        List("types", Types);
        List("kinds", Kinds);
        List("fields", Fields);
        List("occupations", Occupations);
        List("jurisdictions", Jurisdictions);
        List("on_behalf_of", OnBehalfOf);
        if (Eqf is not null) json["eqf"] = Eqf.ToJson();
        if (Nqf is not null) json["nqf"] = new JsonObject(Nqf.Select(level => KeyValuePair.Create(level.Key, (JsonNode?)level.Value.ToJson())));
        if (Label is not null) json["label"] = new JsonObject(Label.Select(text => KeyValuePair.Create(text.Key, (JsonNode?)JsonValue.Create(text.Value))));
        return json;

        void List(string name, IReadOnlyList<string>? items)
        {
            if (items is not null) json[name] = VerifierProfile.Texts(items);
        }
    }

    /// <summary>Reads canonical JSON; refuses anything that would not be written the same way again, so that a limit nobody here knows is never passed over.</summary>
    public static bool TryParse(string canonical, [NotNullWhen(true)] out Scope? scope, out string reason)
    {
        scope = null;
        if (!CanonicalJson.TryRead(canonical, MaxBytes, maxDepth: 4, out var json, out reason)) return false;
        reason = "the scope is not in canonical form, or has members of other kinds";
        if (!TryRead(json, out var read)) return false;
        if (read.Fault() is { } fault)
        {
            reason = fault;
            return false;
        }
        if (read.Canonical() != canonical) return false;
        (scope, reason) = (read, "");
        return true;
    }

    /// <summary>What is wrong with the values, or null.</summary>
    public string? Fault()
    {
        if (Wrong(Types, type => type.Length <= 200)) return "the types are not one to sixty-four different names of at most 200 characters";
        if (Wrong(Kinds, kind => kind.Length <= 100)) return "the kinds are not one to sixty-four different values of at most 100 characters";
        if (Wrong(Fields, code => code.Length is >= 2 and <= 4 && code.All(char.IsAsciiDigit))) return "the fields are not different codes of two to four digits";
        if (Wrong(Occupations, code => code.Length is >= 1 and <= 4 && code.All(char.IsAsciiDigit))) return "the occupations are not different codes of one to four digits";
        if (Wrong(Jurisdictions, code => code.Length == 2 && code.All(char.IsAsciiLetterUpper))) return "the jurisdictions are not different codes of two capital letters";
        if (Wrong(OnBehalfOf, id => id.Length == 64 && id.All(char.IsAsciiHexDigitLower))) return "on_behalf_of does not hold different ids of 64 lower-case hexadecimal digits";
        if (Eqf?.IsWithin(1, 8) == false) return "the levels are not two numbers of 1 to 8, the lower first";
        if (Nqf is not null && (Nqf.Count is 0 or > 16 || Nqf.Any(level => !VerifierProfile.IsWords(level.Key, 40) || !level.Value.IsWithin(0, 20)))) return "the national levels are not one to sixteen frameworks with two numbers of 0 to 20 each";
        if (Label is not null && (!Label.ContainsKey("en") || Label.Count > 32 || Label.Any(text => text.Key.Length is 0 or > 20 || !VerifierProfile.IsWords(text.Value, 200)))) return "the label has no English, is too long, or holds characters that people cannot see";
        try
        {
            return Utf8.GetByteCount(Canonical()) > MaxBytes ? "the scope is too long" : null;
        }
        catch (EncoderFallbackException)
        {
            return "a text is no Unicode";
        }
    }

    private bool Limits(GapReason fact) => fact switch
    {
        GapReason.Kind => Kinds is not null,
        GapReason.Level => Eqf is not null,
        GapReason.Field => Fields is not null,
        GapReason.Occupation => Occupations is not null,
        GapReason.Jurisdiction => Jurisdictions is not null,
        GapReason.OnBehalfOf => OnBehalfOf is not null,
        _ => false,
    };

    // What it says of the framework of the level that is shown; null where it names no such framework, or nothing is shown.
    private LevelRange? LimitOf(ScopeFacts facts) => facts.National is null ? null : Nqf?.GetValueOrDefault(facts.NqfFramework!);

    // Who may issue in the place of others may not, by this alone, issue in its own name.
    private ScopeGap? OwnName(ScopeFacts facts) =>
        OnBehalfOf is not null && facts.OnBehalfOf is null && !facts.Hidden.Contains(GapReason.OnBehalfOf) ? new ScopeGap(GapReason.OnBehalfOf, null, string.Join(", ", OnBehalfOf)) : null;

    private static ScopeGap? OneOf(GapReason reason, IReadOnlyList<string>? allowed, string? stated) => Unless(allowed?.Contains(stated, StringComparer.Ordinal), reason, allowed, stated);

    // Codes are trees: a shorter one stands for all that begin with it.
    private static ScopeGap? Below(GapReason reason, IReadOnlyList<string>? allowed, string? stated) =>
        Unless(allowed?.Any(code => stated?.StartsWith(code, StringComparison.Ordinal) == true), reason, allowed, stated);

    private static ScopeGap? Unless(bool? isAllowed, GapReason reason, IReadOnlyList<string>? allowed, string? stated) =>
        isAllowed == false && stated is not null ? new ScopeGap(reason, stated, string.Join(", ", allowed!)) : null;

    private static bool Wrong(IReadOnlyList<string>? items, Func<string, bool> isRight) =>
        items is not null && (items.Count is 0 or > 64 || items.Distinct(StringComparer.Ordinal).Count() != items.Count || items.Any(item => item.Length == 0 || !isRight(item)));

    private static bool TryRead(JsonObject json, [NotNullWhen(true)] out Scope? scope)
    {
        scope = null;
        if (StrictJson.Integer(json["v"]) != 1) return false;
        if (!TryList("types", out var types) || !TryList("kinds", out var kinds) || !TryList("fields", out var fields) || !TryList("occupations", out var occupations)
            || !TryList("jurisdictions", out var jurisdictions) || !TryList("on_behalf_of", out var onBehalfOf)) return false;
        LevelRange? eqf = null;
        if (json["eqf"] is { } range && !LevelRange.TryRead(range, out eqf)) return false;
        Dictionary<string, LevelRange>? nqf = null;
        if (json["nqf"] is { } frameworks)
        {
            if (frameworks is not JsonObject members) return false;
            nqf = new(StringComparer.Ordinal);
            foreach (var (name, node) in members)
            {
                if (!LevelRange.TryRead(node, out var level)) return false;
                nqf[name] = level;
            }
        }
        Dictionary<string, string>? label = null;
        if (json["label"] is { } texts)
        {
            if (texts is not JsonObject members) return false;
            label = new(StringComparer.Ordinal);
            foreach (var (language, node) in members)
            {
                if (StrictJson.Text(node) is not { } text) return false;
                label[language] = text;
            }
        }
        scope = new Scope(types, kinds, eqf, nqf, fields, occupations, jurisdictions, onBehalfOf, label);
        return true;

        bool TryList(string name, out IReadOnlyList<string>? items)
        {
            items = json[name] is { } node ? VerifierProfile.Texts(node) : null;
            return items is not null || !json.ContainsKey(name);
        }
    }
}

/// <summary>Levels from one to another, both included.</summary>
public sealed partial record LevelRange(int From, int Until)
{
    /// <summary>As people read it: <c>1–5</c>, or <c>4</c> for one level.</summary>
    public override string ToString() => From == Until ? $"{From}" : $"{From}–{Until}";

    /// <summary>Whether a level, as the credential states it, is a whole number between the two.</summary>
    internal bool Holds(string level) => int.TryParse(level, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && From <= number && number <= Until;

    /// <summary>The same for a level of a national framework, of which some have levels between two whole ones, such as 2.5.</summary>
    internal bool HoldsNational(string level) => National().IsMatch(level) && decimal.TryParse(level, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && From <= number && number <= Until;

    [GeneratedRegex(@"^[0-9]+(\.[0-9])?\z")]
    private static partial Regex National();

    internal JsonArray ToJson() => [From, Until];

    internal bool IsWithin(int lowest, int highest) => lowest <= From && From <= Until && Until <= highest;

    internal static bool TryRead(JsonNode? json, [NotNullWhen(true)] out LevelRange? range)
    {
        range = json is JsonArray { Count: 2 } pair && StrictJson.Integer(pair[0]) is { } from and >= 0 and <= 100 && StrictJson.Integer(pair[1]) is { } until and >= 0 and <= 100 ? new((int)from, (int)until) : null;
        return range is not null;
    }
}
