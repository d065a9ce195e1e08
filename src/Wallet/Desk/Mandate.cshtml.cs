using Identity.Wallet.Mandates;
using Microsoft.AspNetCore.Mvc;

namespace Identity.Wallet.Desk;

/// <summary>What the person keeps here, and what can be done with it while they sit there.</summary>
public sealed class MandateModel(DeskView desk) : SittingPage
{
    /// <summary>Something was received.</summary>
    public bool Received => Request.Query.ContainsKey("received");

    /// <summary>The person said no to a question.</summary>
    public bool Declined => Request.Query.ContainsKey("declined");

    /// <summary>The person leaves.</summary>
    public IActionResult OnPostLeave()
    {
        HttpContext.RequestServices.GetRequiredService<Sittings>().Close(desk.Seat.Session, Mandate.Id);
        return Redirect("/desk?left=1");
    }

    /// <summary>The person ends it.</summary>
    public async Task<IActionResult> OnPostEndAsync(CancellationToken ct)
    {
        await HttpContext.RequestServices.GetRequiredService<EndMandates>().ByPersonAsync(desk.Seat, Mandate.Id, ct);
        return Redirect("/desk?ended=1");
    }
}
