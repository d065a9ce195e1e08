using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.WebEncoders;

namespace Identity.Hosting.Pages;

/// <summary>What the pages for staff of each app have in common.</summary>
public static class StaffPages
{
    /// <summary>Forms carry a token in a cookie of this name; names in any script stay readable in the source of a page.</summary>
    public static void AddStaffForms(this IServiceCollection services, string cookie)
    {
        services.AddAntiforgery(antiforgery =>
        {
            (antiforgery.Cookie.Name, antiforgery.Cookie.SameSite, antiforgery.Cookie.SecurePolicy) = (cookie, SameSiteMode.Strict, CookieSecurePolicy.SameAsRequest);
            antiforgery.SuppressXFrameOptionsHeader = true; // SecurityHeaders sets a stricter one.
        });
        // What means something to HTML is encoded all the same.
        services.Configure<WebEncoderOptions>(encoder => encoder.TextEncoderSettings = new TextEncoderSettings(UnicodeRanges.All));
    }
}
