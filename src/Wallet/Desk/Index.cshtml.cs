using Identity.Wallet.Data;
using Identity.Wallet.Mandates;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace Identity.Wallet.Desk;

/// <summary>What a desk can do, and how many mandates it has: not whose.</summary>
public sealed class IndexModel(WalletDb db, DeskView desk, TimeProvider clock) : PageModel
{
    /// <summary>Mandates in force at this desk.</summary>
    public int Count { get; private set; }

    /// <summary>The person said no.</summary>
    public bool Declined => Request.Query.ContainsKey("declined");

    /// <summary>The person has left.</summary>
    public bool Left => Request.Query.ContainsKey("left");

    /// <summary>A mandate was ended.</summary>
    public bool Ended => Request.Query.ContainsKey("ended");

    /// <summary>Shows it.</summary>
    public async Task OnGetAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        Count = await db.Mandates.CountAsync(m => m.Desk == desk.Organisation.Slug && m.State == MandateState.Live && m.Until > now, ct);
    }
}
