using System.Globalization;
using Identity.Audit.Data;
using Identity.Credentials.Contracts;
using Identity.Hosting;
using Microsoft.AspNetCore.Http.Extensions;

namespace Identity.Audit.Desk;

/// <summary>Who works at the desk, for whom, and in which language. One for each request.</summary>
public sealed class DeskView(IHttpContextAccessor accessor, AuditSettings settings)
{
    private HttpContext Http => accessor.HttpContext ?? throw new InvalidOperationException("The desk works within a request.");

    /// <summary>The texts of the page's language.</summary>
    public Strings T { get => field ??= Strings.Pick(Http); }

    /// <summary>The organisation of the person who is signed in, or null.</summary>
    public AuditOrganisation? Found => Http.User.Identity?.IsAuthenticated == true ? settings.FindOrganisation(Http.User.FindFirst(StaffPrincipal.OrganisationClaim)?.Value) : null;

    /// <summary>The same; the pages' policy has seen to it.</summary>
    public AuditOrganisation Organisation => Found ?? throw new InvalidOperationException("Nobody is signed in.");

    /// <summary>Some of the organisations here are fictional.</summary>
    public bool Demonstration => Found?.Demonstration ?? settings.Organisations.Any(o => o.Demonstration);

    /// <summary>The signed-in person's name.</summary>
    public string UserName => Http.User.Identity?.Name ?? "";

    /// <summary>The text of <c>audit.key</c>.</summary>
    public string this[string key] => T["audit." + key];

    /// <summary>The text with its places filled; values keep their own writing direction.</summary>
    public string Format(string key, params (string Name, object? Value)[] values) =>
        T.Format("audit." + key, [.. values.Select(v => (v.Name, (object?)$"\u2068{Convert.ToString(v.Value, CultureInfo.InvariantCulture)}\u2069"))]);

    /// <summary>This page in another language.</summary>
    public string InLanguage(string language) => new QueryBuilder(Http.Request.Query.Where(q => q.Key is not "lang" and not "handler")) { { "lang", language } }.ToQueryString().Value!;

    /// <summary>The organisation's engagement, or null: what belongs to others does not exist here.</summary>
    public Engagement? FindEngagement(string slug) => settings.FindEngagement(slug) is { } engagement && engagement.Organisation == Organisation.Slug ? engagement : null;

    /// <summary>The name of a workplace with its code.</summary>
    public string Site(string code) => settings.FindSite(code) is { } site ? $"{site.Name} ({code})" : code;

    /// <summary>A moment in words, UTC.</summary>
    public string Moment(DateTimeOffset time) => $"{Day(time)}{T["audit.list.separator"]}{time.UtcDateTime.ToString("HH:mm", CultureInfo.InvariantCulture)} UTC";

    /// <summary>A day in words.</summary>
    public string Day(DateTimeOffset time) => time.UtcDateTime.ToString("d MMMM yyyy", T.Culture);

    /// <summary>A date as a record has it: a year, a month or a day.</summary>
    public string Date(string text) => DateOnly.TryParseExact(text.Length switch { 4 => text + "-01-01", 7 => text + "-01", _ => text }, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
        ? date.ToString(text.Length switch { 4 => "yyyy", 7 => "MMMM yyyy", _ => "d MMMM yyyy" }, T.Culture) : text;

    /// <summary>The name of a field.</summary>
    public string Field(string name) => T["contract.field." + name];

    /// <summary>The text of a choice.</summary>
    public string Choice(string field, string code) => T[$"contract.value.{field}.{code}"];

    /// <summary>A value of a record in words; amounts with their unit.</summary>
    public string Value(string field, string? shown)
    {
        if (shown is null) return "–";
        switch (ContractField.Find(field)?.Kind)
        {
            case ContractFieldKind.Choice: return Choice(field, shown);
            case ContractFieldKind.Date: return Date(shown);
            case ContractFieldKind.Site: return Site(shown);
            case ContractFieldKind.Amount when field == "wage" && shown.Split(' ') is [var amount, .. var rest] && rest.Length > 0:
                var period = rest[^1].Length > 3 || rest[^1] is "day" ? rest[^1] : null;
                // Number and currency keep together and run left to right; the words run as the page does.
                return period is null ? shown : $"\u2066{string.Join(' ', [amount, .. rest[..^1]])}\u2069 {Choice("wage_period", period)}";
            default: return shown;
        }
    }
}
