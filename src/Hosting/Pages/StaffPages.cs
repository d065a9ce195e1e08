using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.ApplicationModels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.WebEncoders;

namespace Identity.Hosting.Pages;

/// <summary>What the pages for staff of each app have in common.</summary>
public static class StaffPages
{
    /// <summary>Keeps a chosen language, says when a form is too old (the view at <paramref name="expired"/>), and refuses what a page has no handler for.</summary>
    public static void AddStaffFilters(this PageConventionCollection pages, string expired) =>
        pages.ConfigureFilter(new RememberLanguage()).ConfigureFilter(new ExpiredForm(expired)).ConfigureFilter(new OnlyHandledMethods());

    /// <summary>Forms carry a token in a cookie of this name; names in any script stay readable in the source of a page. Style sheets are those of every page.</summary>
    public static void AddStaffForms(this IServiceCollection services, string cookie, params IReadOnlyList<string> styles)
    {
        services.AddSingleton(new PageStyles(styles));
        services.AddAntiforgery(antiforgery =>
        {
            (antiforgery.Cookie.Name, antiforgery.Cookie.SameSite, antiforgery.Cookie.SecurePolicy) = (cookie, SameSiteMode.Strict, CookieSecurePolicy.SameAsRequest);
            antiforgery.SuppressXFrameOptionsHeader = true; // SecurityHeaders sets a stricter one.
        });
        // What means something to HTML is encoded all the same.
        services.Configure<WebEncoderOptions>(encoder => encoder.TextEncoderSettings = new TextEncoderSettings(UnicodeRanges.All));
    }
}
