using System.Text.Json.Nodes;
using Identity.Credentials.Compact;
using Identity.Credentials.Jose;
using Identity.Credentials.Types;
using Identity.Hosting;
using Identity.Wallet.Holder;
using Identity.Wallet.Mandates;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;

namespace Identity.Wallet.Desk;

/// <summary>The paper of a card, printed with the person's PIN or card. It is written into the log before it can be printed.</summary>
[EnableRateLimiting(Limits.Secrets)]
public sealed class PrintModel(DeskView desk, OutboundFetch fetch, TimeProvider clock, IConfiguration configuration) : SittingPage
{
    internal KeptCard? Card { get; private set; }

    /// <summary>The paper, once the act stands in the log.</summary>
    public CompactPaper? Written { get; private set; }

    /// <summary>Every value out of the signed paper that people can read, in their order: in whose place it was issued is an id.</summary>
    public IReadOnlyList<(ClaimDefinition Claim, JsonNode? Value)> Lines { get; private set; } = [];

    /// <summary>Where papers are checked, to be typed; null where the service does not know.</summary>
    public string? CheckPage => configuration["Check:Url"] is { Length: > 0 } url ? url.Replace("https://", "", StringComparison.Ordinal).TrimEnd('/') : null;

    /// <summary>Shows what would be printed.</summary>
    public IActionResult OnGet(string card) => (Card = Vault.Find(card)) is null ? NotFound() : Covered(MandateScope.Print);

    /// <summary>Writes it down and shows the paper, unless it is known to have ended.</summary>
    public async Task<IActionResult> OnPostAsync(string card, string? pin, string? cardText, CancellationToken ct)
    {
        if ((Card = Vault.Find(card))?.ReadPaper() is not { } paper) return NotFound();
        if (!Mandate.Scope.HasFlag(MandateScope.Print)) return Refuse("scope");
        if (!await IsThereAsync(pin, cardText, ct)) return Refuse("not_there");
        if (Jwk.TryParse(Card!.Copies[0].IssuerKey, out var issuerKey, out _)
            && await new StatusAtReceipt(fetch, clock).CheckAsync(paper, Card.Issuer, issuerKey, ct) is { } ended) return Refuse(ended.Code);
        if (!await Acts.DoAsync(desk.Seat, Sitting, MandateScope.Print, "printed", TypeDefinition.Find(Card!.Vct)?.Name ?? Card.Vct, null, ct)) return Refuse("over");
        var (type, said) = (TypeDefinition.Find(paper.Type), paper.Claims(TypeDefinition.Find(paper.Type)));
        (Written, Lines) = (paper, [.. (type?.Claims ?? []).Where(claim => claim != type?.OriginalIssuer && said.ContainsKey(claim.Name)).Select(claim => (claim, said[claim.Name]))]);
        return Page();
    }
}
