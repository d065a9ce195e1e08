using System.Globalization;
using System.Security.Cryptography;
using Identity.Credentials.Jose;
using Identity.Credentials.Types;
using Identity.Hosting;
using Identity.Issuer.Data;
using Identity.Issuer.Offers;
using Identity.Issuer.Organisations;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Authorization;

/// <summary>
/// The authorization endpoint (RFC 6749, 3.1): the page on which the holder proves to the organisation, by the code that its clerk handed over, that the
/// record on offer is theirs. Works without scripts. Until the request is known to be one that a wallet pushed, nothing leads away from here.
/// </summary>
[EnableRateLimiting(Limits.Secrets)]
[IgnoreAntiforgeryToken] // Checked below, so that an expired form is a sentence on this page.
internal sealed class AuthorizeModel(
    OrganisationDirectory organisations, OfferGrants grants, WalletClients clients, IssuerDb db, AnswerRequest answer, IAntiforgery antiforgery, TimeProvider clock) : PageModel
{
    private const string Cookie = "identity-collect";

    /// <summary>What the page shows.</summary>
    public enum Face
    {
        /// <summary>The question.</summary>
        Form,

        /// <summary>Too many wrong codes.</summary>
        Locked,

        /// <summary>Not, or no longer, to be used.</summary>
        Ended,
    }

    /// <summary>The texts of the page's language.</summary>
    public Strings T { get => field ??= Strings.Pick(HttpContext, Languages); }

    /// <summary>The languages of this page: its readers are holders.</summary>
    public static IReadOnlyList<string> Languages { get; } = Strings.LanguagesOf("collect");

    /// <summary>What the page shows.</summary>
    public Face Shown { get; private set; } = Face.Ended;

    /// <summary>Whose page it is.</summary>
    public Organisation? Organisation { get; private set; }

    /// <summary>The name of the type on offer.</summary>
    public string TypeName { get; private set; } = "";

    /// <summary>Whether a code is to be typed.</summary>
    public bool NeedsCode { get; private set; }

    /// <summary>The wallet's name where the operator knows it.</summary>
    public string? WalletName { get; private set; }

    /// <summary>The host that the card goes to.</summary>
    public string WalletHost { get; private set; } = "";

    /// <summary>What is to be corrected, or null.</summary>
    public string? Problem { get; private set; }

    /// <summary>Where the wallet waits, once the offer is locked.</summary>
    public string? BackUri { get; private set; }

    /// <summary>This page in another language. Nothing of an address that means nothing here is repeated.</summary>
    public string InLanguage(string language) =>
        new QueryBuilder(Request.Query.Where(q => Shown is Face.Form && (q.Key == "client_id" || q.Key == "request_uri"))) { { "lang", language } }.ToQueryString().Value!;

    /// <summary>Opens a pushed request in this browser.</summary>
    public async Task<IActionResult> OnGetAsync(string org, CancellationToken ct)
    {
        if (!Begin(org)) return NotFound();
        RememberLanguage();
        if (RequestName() is not { } name) return Refused();
        var hash = OfferSecrets.Hash(name);
        try
        {
            return await ShowAsync(hash, Browser(), ct) ? Page() : Refused();
        }
        catch (DbUpdateConcurrencyException)
        {
            return Refused(); // Two browsers at once: the other won.
        }
    }

    /// <summary>Takes the answer.</summary>
    public async Task<IActionResult> OnPostAsync(string org, string? code, string? act, CancellationToken ct)
    {
        if (!Begin(org)) return NotFound();
        if (RequestName() is not { } name || Request.Cookies[Cookie] is not { Length: > 0 and < 100 } browser) return Refused();
        var hash = OfferSecrets.Hash(name);
        var browserHash = OfferSecrets.Hash(browser);
        if (!await antiforgery.IsRequestValidAsync(HttpContext)) return await AgainAsync(hash, browserHash, T["collect.expired_form"], ct);

        switch (await answer.RunAsync(Organisation!, hash, browserHash, act == "give", Digits(code), ct))
        {
            case Answering.Back back:
                Response.Headers.Location = back.Uri;
                return StatusCode(StatusCodes.Status303SeeOther);
            case Answering.CodeMissing:
                return await AgainAsync(hash, browserHash, T["collect.missing"], ct);
            case Answering.Wrong wrong:
                return await AgainAsync(hash, browserHash, T.Format("collect.wrong", ("left", wrong.TriesLeft)), ct);
            case Answering.Locked locked:
                (Shown, BackUri) = (Face.Locked, locked.Uri);
                return new PageResult { StatusCode = StatusCodes.Status400BadRequest };
            default:
                return Refused();
        }
    }

    private bool Begin(string org)
    {
        Organisation = grants.Code ? organisations.Find(org) : null;
        return Organisation is not null;
    }

    private async Task<IActionResult> AgainAsync(byte[] hash, byte[] browser, string problem, CancellationToken ct)
    {
        db.ChangeTracker.Clear();
        if (!await ShowAsync(hash, browser, ct)) return Refused();
        Problem = problem;
        return new PageResult { StatusCode = StatusCodes.Status400BadRequest };
    }

    private async Task<bool> ShowAsync(byte[] hash, byte[] browser, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var request = await db.AuthorizationRequests.SingleOrDefaultAsync(r => r.Hash == hash && r.Organisation == Organisation!.Slug, ct);
        if (request is null || request.ClientId != Request.Query["client_id"] || !request.Open(browser, now)) return false;
        var offer = await db.Offers.AsNoTracking().SingleAsync(o => o.Id == request.OfferId, ct);
        if (!offer.IsOpen(now)) return false;
        await db.SaveChangesAsync(ct);

        var type = await db.Credentials.Where(c => c.Id == request.CredentialId).Select(c => c.Type).SingleAsync(ct);
        var target = new Uri(request.RedirectUri);
        (Shown, NeedsCode, WalletName, WalletHost) = (Face.Form, offer.NeedsTxCode, clients.NameOf(request.ClientId), target.IdnHost);
        var definition = TypeDefinition.Find(type)!;
        TypeName = T.Find($"types.{definition.Name}") ?? definition.DisplayFor(T.Language).Name;
        // The form answers with a redirect to the wallet, which browsers measure by this page's policy too.
        Response.Headers.ContentSecurityPolicy =
            Response.Headers.ContentSecurityPolicy.ToString().Replace("form-action 'self'", $"form-action 'self' {target.Scheme}://{target.IdnHost}:{target.Port}", StringComparison.Ordinal);
        return true;
    }

    private PageResult Refused()
    {
        Shown = Face.Ended;
        return new PageResult { StatusCode = StatusCodes.Status400BadRequest };
    }

    private string? RequestName() =>
        Request.Query["request_uri"] is [{ Length: < 200 } uri] && uri.StartsWith(PushedRequestEndpoint.Prefix, StringComparison.Ordinal) ? uri[PushedRequestEndpoint.Prefix.Length..] : null;

    // Ties the request to this browser: a link to the page that somebody else opened shows nothing.
    private byte[] Browser()
    {
        if (Request.Cookies[Cookie] is { Length: 43 } known) return OfferSecrets.Hash(known);
        var fresh = Base64Url.Encode(RandomNumberGenerator.GetBytes(32));
        Response.Cookies.Append(Cookie, fresh, new CookieOptions
        {
            HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = Request.IsHttps, Path = $"/{Organisation!.Slug}/authorize", IsEssential = true,
        });
        return OfferSecrets.Hash(fresh);
    }

    private void RememberLanguage()
    {
        var wish = Request.Query["lang"].ToString();
        if (Languages.Contains(wish))
            Response.Cookies.Append("lang", wish, new CookieOptions { MaxAge = TimeSpan.FromDays(365), SameSite = SameSiteMode.Lax, IsEssential = true });
    }

    // Digits as a person writes them: with gaps, or of another script.
    private static string? Digits(string? typed) => typed is null or { Length: > 40 } ? typed : string.Concat(typed
        .Where(c => !char.IsWhiteSpace(c) && c is not '-' and not '\u200e' and not '\u200f')
        .Select(c => char.IsDigit(c) ? ((int)CharUnicodeInfo.GetNumericValue(c)).ToString(CultureInfo.InvariantCulture) : c.ToString()));
}
