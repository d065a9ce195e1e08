using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Console;

/// <summary>Makes a paper, shows it for printing while its text is kept, and ends it when it was lost.</summary>
public sealed class PaperModel(Desk desk, FindCredentials find, CopyProgress progress, MakePaper paper, IssuerDb db, IConfiguration configuration) : CredentialPageModel(desk, find, progress)
{
    /// <summary>The paper in force, or null; none is where the credential itself is not.</summary>
    public CredentialCopy? InForce { get; private set; }

    /// <summary>What is printed; null where nothing is in force, its holder's wallet made it, or its text is not kept any more.</summary>
    public PaperSheet? Sheet { get; private set; }

    /// <summary>A paper can be made from the present state.</summary>
    public bool Possible => Details?.State is CredentialState.Offered or CredentialState.Collected;

    /// <summary>The holder takes it first: no paper is made before.</summary>
    public bool HolderFirst => Guarded && Details is { CollectedAt: null };

    /// <summary>Making one only asks a second person.</summary>
    public bool NeedsSecond => Details is { CollectedAt: not null } credential && Credentials.Types.TypeDefinition.Find(credential.Type) is { } type && MakePaper.NeedsSecond(type, InForce is not null);

    /// <summary>Making one ends the offer.</summary>
    public bool InsteadOfOffer => ByTwo && Details is { CollectedAt: null };

    /// <summary>No paper in force ends without a newer one, of the holder's wallet or by two people.</summary>
    public bool Guarded => Details is { } credential && Credentials.Types.TypeDefinition.Find(credential.Type)?.Correction is Credentials.Types.CorrectionKind.Addition;

    private bool ByTwo => Details is { } credential && Credentials.Types.TypeDefinition.Find(credential.Type)?.Approval is true;

    /// <inheritdoc/>
    protected override string Why => "hand_over";

    /// <summary>Shows the paper, or what making one will do.</summary>
    public Task<IActionResult> OnGetAsync(string id, CancellationToken ct) => ShowPaperAsync(id, StatusCodes.Status200OK, ct);

    /// <summary>Makes a paper.</summary>
    public async Task<IActionResult> OnPostAsync(string id, CancellationToken ct) => await AnswerAsync(id, () => paper.RunAsync(Desk.Organisation, id, Desk.Actor, ct), ct);

    /// <summary>Ends the one in force.</summary>
    public async Task<IActionResult> OnPostEndAsync(string id, CancellationToken ct) => await AnswerAsync(id, () => paper.EndAsync(Desk.Organisation, id, Desk.Actor, ct), ct);

    private async Task<IActionResult> AnswerAsync(string id, Func<Task<PaperMade>> act, CancellationToken ct)
    {
        try
        {
            switch (await act())
            {
                case PaperMade.Made or PaperMade.Ended or PaperMade.Asked: return Redirect($"/console/credentials/{id}/paper");
                case PaperMade.Refused refused: Problem = Desk[$"paper.refused.{refused.Code}"]; break;
            }
        }
        catch (DbUpdateConcurrencyException)
        {
            Problem = Desk["change.raced"];
        }
        return await ShowPaperAsync(id, StatusCodes.Status409Conflict, ct);
    }

    private async Task<IActionResult> ShowPaperAsync(string id, int status, CancellationToken ct)
    {
        var page = await ShowAsync(id, ct, status);
        if (!Possible) return page;
        InForce = await db.Credentials.AsNoTracking().Where(c => c.Id == id && c.PaperIndex != null)
            .Join(db.Copies, c => new { c.Id, List = c.PaperList!.Value, Index = c.PaperIndex!.Value }, c => new { Id = c.CredentialId, c.List, c.Index }, (_, copy) => copy).SingleOrDefaultAsync(ct);
        // One that a wallet made is its holder's alone, who asked nobody here. The paper in force is the one made last.
        if (InForce?.Body is { } text && await db.Events.Where(e => e.CredentialId == id && e.Act == "paper_made").OrderByDescending(e => e.Id).Select(e => e.Actor).FirstAsync(ct) != Actor.Wallet.ToString()) Sheet = PaperSheet.Of(text, InForce.IssuedAt, Desk, configuration);
        if (Sheet is { Original: { } original }) Sheet.OriginalName = await db.Deposits.AsNoTracking().Where(d => d.Id == original && d.Depositary == Desk.Organisation.Slug).Select(d => d.Name).SingleOrDefaultAsync(ct);
        return page;
    }
}
