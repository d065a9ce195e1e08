using Identity.Wallet.Mandates;

namespace Identity.Wallet.Desk;

/// <summary>What was done under the mandate, in the person's language, to be read aloud or printed. That it was read stands in it too.</summary>
public sealed class LogModel(DeskView desk) : SittingPage
{
    /// <summary>Oldest first.</summary>
    public IReadOnlyList<ActRow> All { get; private set; } = [];

    /// <summary>Shows it.</summary>
    public async Task OnGetAsync(CancellationToken ct) => All = await Acts.LogAsync(desk.Seat, Sitting, ct);
}
