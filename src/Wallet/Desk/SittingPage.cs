using Identity.Wallet.Mandates;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Strings = Identity.Hosting.Strings;

namespace Identity.Wallet.Desk;

/// <summary>A page for which the person must sit there: it finds the sitting and a mandate that is live now, or goes to where the person opens it.</summary>
public abstract class SittingPage : PageModel
{
    /// <summary>The mandate, live when the page began.</summary>
    public MandateRow Mandate { get; private set; } = null!;

    /// <summary>The texts in the person's language.</summary>
    public Strings Their => Strings.For(Mandate.Language);

    /// <summary>Why nothing was done, in words; null where all went well.</summary>
    public string? Refused { get; protected set; }

    /// <summary>Where the mandate's page is.</summary>
    public string Home => $"/desk/mandates/{Mandate.Id}";

    internal Sitting Sitting { get; private set; } = null!;

    internal Vault Vault { get; private set; } = Vault.Empty;

    internal DeskView Desk => HttpContext.RequestServices.GetRequiredService<DeskView>();

    internal ActUnderMandate Acts => HttpContext.RequestServices.GetRequiredService<ActUnderMandate>();

    /// <inheritdoc/>
    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        var id = (string?)RouteData.Values["id"] ?? "";
        var ct = HttpContext.RequestAborted;
        if (HttpContext.RequestServices.GetRequiredService<Sittings>().Find(Desk.Seat.Session, id) is not { } sitting || await Acts.FindAsync(sitting, ct) is not { } mandate || mandate.Desk != Desk.Organisation.Slug)
        {
            context.Result = new RedirectResult("/desk/open?over=1");
            return;
        }
        (Sitting, Mandate, Vault) = (sitting, mandate, await Acts.ReadAsync(sitting, ct));
        await next();
    }

    /// <summary>Says why not, on the same page; what is over goes to where it is opened.</summary>
    protected IActionResult Refuse(string code)
    {
        if (code == "over") return Redirect("/desk/open?over=1");
        Refused = Desk.Refusal(code);
        return Page();
    }

    /// <summary>Whether the person who is about to agree is there: what leaves the desk asks for PIN or card each time.</summary>
    internal Task<bool> IsThereAsync(string? pin, string? cardText, CancellationToken ct) =>
        HttpContext.RequestServices.GetRequiredService<OpenMandate>().IsThereAsync(Desk.Seat, Sitting, pin, cardText, ct);

    /// <summary>Shows the page where the mandate covers it.</summary>
    protected IActionResult Covered(MandateScope scope) => Mandate.Scope.HasFlag(scope) ? Page() : NotFound();
}
