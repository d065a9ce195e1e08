using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Credentials.Types;
using Identity.Hosting;
using Identity.Hosting.Pages;
using Identity.Wallet.Mandates;
using Microsoft.AspNetCore.Http.Extensions;

namespace Identity.Wallet.Desk;

/// <summary>Who works at which desk, with whom, and in which language. One for each request.</summary>
public sealed class DeskView(IHttpContextAccessor accessor, Desks desks)
{
    /// <summary>Those of the pages.</summary>
    public static IReadOnlyList<string> Languages => Strings.Languages;

    /// <summary>Those of the people who come: in one of them a mandate is read aloud.</summary>
    public static IReadOnlyList<string> TheirLanguages { get; } = Strings.LanguagesOf("mandate");

    private HttpContext Http => accessor.HttpContext ?? throw new InvalidOperationException("The desk works within a request.");

    /// <summary>The texts of the page's language.</summary>
    public Strings T { get => field ??= Strings.Pick(Http); }

    /// <summary>The desk of the person who is signed in, or null.</summary>
    public DeskOrganisation? Found => Http.User.Identity?.IsAuthenticated == true ? desks.Find(Http.User.FindFirst(DeskPrincipal.DeskClaim)?.Value) : null;

    /// <summary>The same; the pages' policy has seen to it.</summary>
    public DeskOrganisation Organisation => Found ?? throw new InvalidOperationException("Nobody is signed in.");

    /// <summary>Who acts.</summary>
    public Seat Seat => new(Organisation.Slug, UserName, Http.User.FindFirstValue(StaffSessions.SessionClaim) ?? throw new InvalidOperationException("A session has an id."));

    /// <summary>Some of the desks here are fictional.</summary>
    public bool Demonstration => Found?.Demonstration ?? desks.All.Any(desk => desk.Demonstration);

    /// <summary>The signed-in person's name.</summary>
    public string UserName => Http.User.Identity?.Name ?? "";

    /// <summary>The text of <c>desk.key</c>.</summary>
    public string this[string key] => T["desk." + key];

    /// <summary>The text with its places filled; values keep their own writing direction.</summary>
    public string Format(string key, params (string Name, object? Value)[] values) => Fill(T, "desk." + key, values);

    /// <summary>What a person is told or reads, in their language: the text of <c>mandate.key</c>, filled likewise.</summary>
    public static string Say(Strings language, string key, params (string Name, object? Value)[] values) => Fill(language, "mandate." + key, values);

    /// <summary>The name of a language in that language.</summary>
    public static string NameOf(string language) => Strings.For(language).Find("collect.language") ?? language;

    /// <summary>A text of any area, filled likewise.</summary>
    public static string Fill(Strings language, string key, params (string Name, object? Value)[] values) =>
        language.Format(key, [.. values.Select(v => (v.Name, (object?)$"\u2068{Convert.ToString(v.Value, CultureInfo.InvariantCulture)}\u2069"))]);

    /// <summary>What the scanner says (<c>desk.scan.…</c>): why there is no camera or no code, and what a code is that belongs elsewhere.</summary>
    public static IReadOnlyList<string> ScanWords { get; } =
        ["busy", "read", "camera_denied", "camera_missing", "camera_busy", "no_code_found", "unreachable", "offer", "question", "card", "recovery", "paper", "proof", "web", "other"];

    /// <summary>The language in which two words are typed: the one that was chosen, else the page's.</summary>
    public string WordsIn(string? chosen) => chosen is not null && TheirLanguages.Contains(chosen) ? chosen : T.Language;

    /// <summary>A refusal in words; one that has none of its own is told as it came.</summary>
    public string Refusal(string code) => T.Find("desk.refused." + code) ?? Strings.For("en").Find("desk.refused." + code) ?? Format("refused.other", ("code", code));

    /// <summary>This page in another language.</summary>
    public string InLanguage(string language) => new QueryBuilder(Http.Request.Query.Where(q => q.Key is not "lang" and not "handler")) { { "lang", language } }.ToQueryString().Value!;

    /// <summary>A moment in words, UTC.</summary>
    public static string Moment(Strings language, DateTimeOffset time) => $"{Day(language, time)}{Between(language)}{time.UtcDateTime.ToString("HH:mm", CultureInfo.InvariantCulture)} UTC";

    /// <summary>A day in words.</summary>
    public static string Day(Strings language, DateTimeOffset time) => time.UtcDateTime.ToString("d MMMM yyyy", language.Culture);

    /// <summary>How long, in words: one of <see cref="NewModel.Lengths"/>.</summary>
    public static string Length(Strings language, int minutes) => language[$"mandate.length.{minutes}"];

    /// <summary>What a mandate allows, in words of a language.</summary>
    public static IEnumerable<string> Scopes(Strings language, MandateScope scope) =>
        Enum.GetValues<MandateScope>().Where(one => one != MandateScope.None && scope.HasFlag(one)).Select(one => language["mandate.scope." + Key(one)]);

    /// <summary>The key of a scope among the texts.</summary>
    public static string Key(MandateScope scope) => scope.ToString().ToLowerInvariant();

    /// <summary>The name of a type.</summary>
    public static string TypeName(Strings language, string type) => TypeDefinition.Find(type) is { } definition ? Own(language, definition.Name) ?? definition.DisplayFor(language.Language).Name : type;

    /// <summary>The name of a claim.</summary>
    public static string ClaimName(Strings language, string type, string claim) => TypeDefinition.Find(type) is { } definition
        ? Own(language, $"{definition.Name}.{claim}") ?? definition.Claim(claim)?.Label(language.Language) ?? claim
        : claim;

    /// <summary>A line of the log as people read it: <c>qualification: title</c> with the names of the language.</summary>
    public static string About(Strings language, ActRow act) => act.What is "ended" or "recovery"
        ? language[$"mandate.{act.What}.{act.About}"]
        : string.Join(" · ", act.About.Split("; ", StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split(": ") is [var type, var claims]
            ? $"{TypeName(language, type)}: {string.Join(Between(language), claims.Split(", ").Select(claim => ClaimName(language, type, claim)))}"
            : string.Join(Between(language), part.Split(", ").Select(type => TypeName(language, type)))));

    /// <summary>A claim's value in words of a language.</summary>
    public static string Value(Strings language, string type, string claim, JsonNode? value) => TypeDefinition.Find(type) is { } of && of.Claim(claim) is { } definition ? Words(language, of.Name, definition, value) : value?.ToJsonString() ?? "";

    // Each script has a comma of its own.
    private static string Between(Strings language) => language["wallet.list.separator"];

    // Languages that the definitions themselves do not have (src/web/strings/types.LANG.json).
    private static string? Own(Strings language, string key) => language.Find("types." + key);

    private static string Words(Strings language, string type, ClaimDefinition claim, JsonNode? value) => value switch
    {
        null => "",
        JsonArray items => string.Join(Between(language), items.Select(item => Words(language, type, claim, item))),
        _ when value.GetValueKind() is JsonValueKind.True => language["mandate.yes"],
        _ when value.GetValueKind() is JsonValueKind.False => language["mandate.no"],
        _ when value.GetValueKind() is not JsonValueKind.String => value.ToJsonString(),
        _ => Text(language, type, claim, value.GetValue<string>()),
    };

    private static string Text(Strings language, string type, ClaimDefinition claim, string text) => claim.Kind switch
    {
        ClaimKind.Country or ClaimKind.Countries => language["issuer.country." + text] is var name && !name.StartsWith("issuer.", StringComparison.Ordinal) ? name : text,
        ClaimKind.Enum => Own(language, $"{type}.{claim.Name}={text}") ?? (claim.Values?.GetValueOrDefault(text) is { } texts ? texts.GetValueOrDefault(language.Language) ?? texts.GetValueOrDefault("en") ?? text : text),
        ClaimKind.Date or ClaimKind.PartialDate when DateOnly.TryParseExact(text.Length switch { 4 => text + "-01-01", 7 => text + "-01", _ => text }, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) =>
            date.ToString(text.Length switch { 4 => "yyyy", 7 => "MMMM yyyy", _ => "d MMMM yyyy" }, language.Culture),
        _ => text,
    };
}
