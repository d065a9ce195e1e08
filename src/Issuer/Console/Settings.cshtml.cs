using System.Globalization;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Data;
using Identity.Issuer.Organisations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Console;

/// <summary>What the administrator decides for the organisation: where holders turn to, and whether passkeys are needed.</summary>
public sealed class SettingsModel(Desk desk, IssuerDb db) : PageModel
{
    /// <summary>Whom a holder turns to.</summary>
    public string Contact { get; private set; } = "";

    /// <summary>What the holder sends or says.</summary>
    public string How { get; private set; } = "";

    /// <summary>Within how many days; empty without a limit.</summary>
    public string Days { get; private set; } = "";

    /// <summary>A password alone leads only to making a passkey.</summary>
    public bool RequirePasskeys { get; private set; }

    /// <summary>The version that the form shows.</summary>
    public int Version { get; private set; }

    /// <summary>Why nothing was saved, in the page's language.</summary>
    public string? Problem { get; private set; }

    /// <summary>The settings were saved.</summary>
    public bool Saved { get; private set; }

    /// <summary>Shows the settings.</summary>
    public async Task OnGetAsync(CancellationToken ct) => Show(await OrganisationSettings.OfAsync(db, desk.Organisation.Slug, ct));

    /// <summary>Saves them.</summary>
    public async Task<IActionResult> OnPostAsync(string? contact, string? how, string? days, bool passkeys, int version, CancellationToken ct)
    {
        (Contact, How, Days, RequirePasskeys, Version) = (Clean(contact), Clean(how), days?.Trim() ?? "", passkeys, version);
        int? limit = null;
        if (Days.Length > 0)
        {
            if (!int.TryParse(Days, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 3650) return Refuse("settings.error.days", 400);
            limit = number;
        }
        if (Contact.Length > 300 || How.Length > 500) return Refuse("settings.error.long", 400);
        var settings = await OrganisationSettings.OfAsync(db, desk.Organisation.Slug, ct);
        if (settings.Version != version) return Refuse("settings.error.raced", 409);
        (settings.AppealContact, settings.AppealHow, settings.AppealDays, settings.RequirePasskeys) = (Contact.Length == 0 ? null : Contact, How.Length == 0 ? null : How, limit, passkeys);
        settings.Version++;
        db.Log(desk.Organisation.Slug, null, desk.Actor, "settings_changed", desk.Now);
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException)
        {
            return Refuse("settings.error.raced", 409);
        }
        Show(settings);
        Saved = true;
        return Page();
    }

    private static string Clean(string? text) => new([.. (text ?? "").ReplaceLineEndings("\n").Trim().Where(c => c == '\n' || !char.IsControl(c))]);

    private void Show(OrganisationSettings settings) => (Contact, How, Days, RequirePasskeys, Version) =
        (settings.AppealContact ?? desk.Organisation.Profile.Contact ?? "", settings.AppealHow ?? "", settings.AppealDays?.ToString(CultureInfo.InvariantCulture) ?? "", settings.RequirePasskeys, settings.Version);

    private PageResult Refuse(string key, int status)
    {
        (Problem, Response.StatusCode) = (desk[key], status);
        return Page();
    }
}
