using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Credentials.Types;
using Identity.Hosting;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Organisations;
using Identity.Issuer.Staff;
using Microsoft.AspNetCore.Http.Extensions;

namespace Identity.Issuer.Console;

/// <summary>Who works at the console, for whom, and in which language. One for each request.</summary>
public sealed class Desk(IHttpContextAccessor accessor, OrganisationDirectory organisations, StaffSession session, StaffNames names, TimeProvider clock)
{
    private HttpContext Http => accessor.HttpContext ?? throw new InvalidOperationException("The console works within a request.");

    /// <summary>The texts of the page's language.</summary>
    public Strings T { get => field ??= Strings.Pick(Http); }

    /// <summary>The present time.</summary>
    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>The organisation of the person who is signed in, or null.</summary>
    public Organisation? Found => Http.User.Identity?.IsAuthenticated == true ? organisations.Find(Http.User.FindFirst(StaffPrincipal.OrganisationClaim)?.Value) : null;

    /// <summary>The organisation of the person who is signed in; the pages' policy has seen to it.</summary>
    public Organisation Organisation => Found ?? throw new InvalidOperationException("Nobody is signed in.");

    /// <summary>Some of the organisations here are fictional, for the page before the sign-in.</summary>
    public bool Demonstration => Found?.Profile.Demonstration ?? organisations.All.Any(o => o.Profile.Demonstration);

    /// <summary>The signed-in person's name.</summary>
    public string UserName => Http.User.Identity?.Name ?? "";

    /// <summary>For the record of events.</summary>
    public Actor Actor => session.Current is { } seat ? Actor.Staff(seat.Number, seat.Roles) : throw new InvalidOperationException("Nobody works here.");

    /// <summary>What the signed-in person may do now; nothing while a password must be changed or a passkey made.</summary>
    public StaffRoles Roles => session.Current is { Ready: true } seat ? seat.Roles : StaffRoles.None;

    /// <summary>Reads the names that <see cref="Who"/> puts in place of numbers.</summary>
    public Task LoadNamesAsync(CancellationToken ct) => names.LoadAsync(Organisation, ct);

    /// <summary>An actor of the records in words of the page's language; the number where the names were not read.</summary>
    public string Who(string actor) => (actor.Split(':', 2), names.Find(actor)) switch
    {
        (["wallet"], _) => this["actor.wallet"],
        (["system"], _) => this["who.system"],
        (["api", var number], var name) => Format("actor.api", ("name", name ?? number)),
        (["staff", var number], var name) => name ?? number,
        _ => actor,
    };

    /// <summary>A name line cut where its script changes, so that each part keeps its own direction and line.</summary>
    public static IReadOnlyList<string> NameParts(string name)
    {
        var parts = new List<string>();
        bool? latin = null;
        foreach (var word in name.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var isLatin = word.FirstOrDefault(char.IsLetter) is var letter && letter < '\u0250';
            if (latin == isLatin) parts[^1] += " " + word;
            else parts.Add(word);
            latin = isLatin;
        }
        return parts;
    }

    /// <summary>The organisation evaluates foreign qualifications.</summary>
    public bool Evaluates => Found?.FindType(Recognition.StatementRules.Type) is not null;

    /// <summary>The text of <c>issuer.key</c>.</summary>
    public string this[string key] => T["issuer." + key];

    /// <summary>The text with its places filled; values keep their own writing direction.</summary>
    public string Format(string key, params (string Name, object? Value)[] values) =>
        Fill("issuer." + key, values);

    /// <summary>A text of any area with its places filled; values keep their own writing direction.</summary>
    public string Fill(string key, params (string Name, object? Value)[] values) =>
        T.Format(key, [.. values.Select(v => (v.Name, (object?)$"\u2068{Convert.ToString(v.Value, CultureInfo.InvariantCulture)}\u2069"))]);

    /// <summary>This page in another language.</summary>
    public string InLanguage(string language)
    {
        var query = new QueryBuilder(Http.Request.Query.Where(q => q.Key is not "lang" and not "handler")) { { "lang", language } };
        return query.ToQueryString().Value!;
    }

    /// <summary>The name of a type.</summary>
    public string TypeName(string type) => TypeDefinition.Find(type)?.DisplayFor(T.Language).Name ?? type;

    /// <summary>The name of a country, or its code.</summary>
    public string Country(string code) => T.Find("issuer.country." + code) ?? Strings.For("en").Find("issuer.country." + code) ?? code;

    /// <summary>All countries by name; stateless and unknown come first.</summary>
    public IReadOnlyList<(string Code, string Name)> Countries()
    {
        var compare = T.Culture.CompareInfo.GetStringComparer(CompareOptions.IgnoreCase);
        return [("QS", Country("QS")), ("QU", Country("QU")), .. Issuance.Countries.All.Append("XT").Append("XN").Select(c => (Code: c, Name: Country(c))).OrderBy(c => c.Name, compare)];
    }

    /// <summary>A moment in words, UTC.</summary>
    public string Moment(DateTimeOffset time) => T.Format("issuer.moment", ("day", Day(time)), ("time", time.UtcDateTime.ToString("HH:mm", CultureInfo.InvariantCulture)));

    /// <summary>A day in words.</summary>
    public string Day(DateTimeOffset time) => time.UtcDateTime.ToString("d MMMM yyyy", T.Culture);

    /// <summary>A claim's value in words.</summary>
    public string Value(ClaimDefinition claim, JsonNode? value) => value switch
    {
        null => "",
        JsonArray items => string.Join(this["list.separator"], items.Select(i => Value(claim, i))),
        _ when value.GetValueKind() is JsonValueKind.True => this["yes"],
        _ when value.GetValueKind() is JsonValueKind.False => this["no"],
        _ when value.GetValueKind() is not JsonValueKind.String => value.ToJsonString(),
        _ => Words(claim, value.GetValue<string>()),
    };

    /// <summary>The text of one of an enumeration's codes.</summary>
    public string Choice(ClaimDefinition claim, string code) =>
        claim.Values?.GetValueOrDefault(code) is { } texts ? texts.GetValueOrDefault(T.Language) ?? texts.GetValueOrDefault("en") ?? code : code;

    private string Words(ClaimDefinition claim, string text) => claim.Kind switch
    {
        ClaimKind.Country or ClaimKind.Countries => Country(text),
        ClaimKind.Enum => Choice(claim, text),
        ClaimKind.Date or ClaimKind.PartialDate when PartialDate.TryParse(text, out var date) =>
            date.First.ToString(text.Length switch { 4 => "yyyy", 7 => "MMMM yyyy", _ => "d MMMM yyyy" }, T.Culture),
        _ => text,
    };
}
