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
    /// <summary>In which a mandate is read aloud; the same that the page speaks.</summary>
    public static IReadOnlyList<string> Languages { get; } = [.. Strings.Languages.Where(language => Strings.For(language).Find("desk.language") is not null)];

    private HttpContext Http => accessor.HttpContext ?? throw new InvalidOperationException("The desk works within a request.");

    /// <summary>The texts of the page's language.</summary>
    public Strings T { get => field ??= Languages.Contains(Strings.Pick(Http).Language) ? Strings.Pick(Http) : Strings.For("en"); }

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
    public string Format(string key, params (string Name, object? Value)[] values) => Say(T, key, values);

    /// <summary>The same in a person's language.</summary>
    public static string Say(Strings language, string key, params (string Name, object? Value)[] values) => Fill(language, "desk." + key, values);

    /// <summary>A text of any area, filled likewise.</summary>
    public static string Fill(Strings language, string key, params (string Name, object? Value)[] values) =>
        language.Format(key, [.. values.Select(v => (v.Name, (object?)$"\u2068{Convert.ToString(v.Value, CultureInfo.InvariantCulture)}\u2069"))]);

    /// <summary>A refusal in words; one that has none of its own is told as it came.</summary>
    public string Refusal(string code) => T.Find("desk.refused." + code) ?? Strings.For("en").Find("desk.refused." + code) ?? Format("refused.other", ("code", code));

    /// <summary>This page in another language.</summary>
    public string InLanguage(string language) => new QueryBuilder(Http.Request.Query.Where(q => q.Key is not "lang" and not "handler")) { { "lang", language } }.ToQueryString().Value!;

    /// <summary>A moment in words, UTC.</summary>
    public static string Moment(Strings language, DateTimeOffset time) => $"{Day(language, time)}, {time.UtcDateTime.ToString("HH:mm", CultureInfo.InvariantCulture)} UTC";

    /// <summary>A day in words.</summary>
    public static string Day(Strings language, DateTimeOffset time) => time.UtcDateTime.ToString("d MMMM yyyy", language.Culture);

    /// <summary>How long, in words: hours or days.</summary>
    public static string Length(Strings language, int minutes) =>
        minutes == 60 ? language["desk.length.hour"] : minutes < 24 * 60 ? Say(language, "length.hours", ("count", minutes / 60)) : minutes == 24 * 60 ? language["desk.length.day"] : Say(language, "length.days", ("count", minutes / 60 / 24));

    /// <summary>What a mandate allows, in words of a language.</summary>
    public static IEnumerable<string> Scopes(Strings language, MandateScope scope) =>
        Enum.GetValues<MandateScope>().Where(one => one != MandateScope.None && scope.HasFlag(one)).Select(one => language["desk.scope." + Key(one)]);

    /// <summary>The key of a scope among the texts.</summary>
    public static string Key(MandateScope scope) => scope.ToString().ToLowerInvariant();

    /// <summary>The name of a type.</summary>
    public static string TypeName(Strings language, string type) => TypeDefinition.Find(type)?.DisplayFor(language.Language).Name ?? type;

    /// <summary>The name of a claim.</summary>
    public static string ClaimName(Strings language, string type, string claim) => TypeDefinition.Find(type)?.Claim(claim)?.Label(language.Language) ?? claim;

    /// <summary>A line of the log as people read it: <c>qualification: title</c> with the names of the language.</summary>
    public static string About(Strings language, ActRow act) => act.What is "ended" or "recovery"
        ? language[$"desk.{act.What}.{act.About}"]
        : string.Join(" · ", act.About.Split("; ", StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split(": ") is [var type, var claims]
            ? $"{TypeName(language, type)}: {string.Join(", ", claims.Split(", ").Select(claim => ClaimName(language, type, claim)))}"
            : string.Join(", ", part.Split(", ").Select(type => TypeName(language, type)))));

    /// <summary>A claim's value in words of a language.</summary>
    public static string Value(Strings language, string type, string claim, JsonNode? value) => TypeDefinition.Find(type)?.Claim(claim) is { } definition ? Words(language, definition, value) : value?.ToJsonString() ?? "";

    private static string Words(Strings language, ClaimDefinition claim, JsonNode? value) => value switch
    {
        null => "",
        JsonArray items => string.Join(", ", items.Select(item => Words(language, claim, item))),
        _ when value.GetValueKind() is JsonValueKind.True => language["desk.yes"],
        _ when value.GetValueKind() is JsonValueKind.False => language["desk.no"],
        _ when value.GetValueKind() is not JsonValueKind.String => value.ToJsonString(),
        _ => Text(language, claim, value.GetValue<string>()),
    };

    private static string Text(Strings language, ClaimDefinition claim, string text) => claim.Kind switch
    {
        ClaimKind.Country or ClaimKind.Countries => language["issuer.country." + text] is var name && !name.StartsWith("issuer.", StringComparison.Ordinal) ? name : text,
        ClaimKind.Enum => claim.Values?.GetValueOrDefault(text) is { } texts ? texts.GetValueOrDefault(language.Language) ?? texts.GetValueOrDefault("en") ?? text : text,
        ClaimKind.Date or ClaimKind.PartialDate when DateOnly.TryParseExact(text.Length switch { 4 => text + "-01-01", 7 => text + "-01", _ => text }, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) =>
            date.ToString(text.Length switch { 4 => "yyyy", 7 => "MMMM yyyy", _ => "d MMMM yyyy" }, language.Culture),
        _ => text,
    };
}
