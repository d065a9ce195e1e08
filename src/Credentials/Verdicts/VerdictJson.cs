using System.Text.Json.Nodes;
using Identity.Credentials.Types;

namespace Identity.Credentials.Verdicts;

/// <summary>The verdict as JSON: the form of the API, the command line and the browser code.</summary>
public static class VerdictJson
{
    /// <summary>Names in snake_case, times as RFC 3339 in UTC, ages in whole seconds, bytes in lower-case hex.</summary>
    public static JsonObject ToJson(Verdict verdict)
    {
        var json = Always(verdict);
        if (verdict.Reissued is { } reissued)
            json["reissued"] = new JsonObject { ["original"] = reissued.Original, ["name"] = reissued.Name, ["closedAt"] = reissued.ClosedAt?.ToRfc3339(), ["entitled"] = reissued.Entitled };
        if (verdict.Archive is { } archive) json["archive"] = new JsonObject { ["asOf"] = archive.AsOf.ToRfc3339(), ["proven"] = archive.IsProven };
        return json;
    }

    private static JsonObject Always(Verdict verdict) => new()
    {
        ["outcome"] = Reasons.Name(verdict.Outcome),
        ["reason"] = Reasons.Name(verdict.Reason),
        ["tone"] = Reasons.Name(Reasons.ToneOf(verdict.Reason)),
        ["binding"] = Reasons.Name(verdict.Binding),
        ["checks"] = new JsonArray([.. verdict.Checks.Select(c => (JsonNode)new JsonObject
        {
            ["name"] = Reasons.Name(c.Name),
            ["result"] = Reasons.Name(c.Result),
            ["evidence"] = c.Evidence,
        })]),
        ["dataAge"] = new JsonObject { ["ledger"] = Seconds(verdict.DataAge.Ledger), ["status"] = Seconds(verdict.DataAge.Status) },
        ["rolling"] = verdict.Rolling is { } rolling ? new JsonObject { ["age"] = rolling.Age, ["clockUnsure"] = rolling.ClockUnsure } : null,
        ["claims"] = verdict.Claims.DeepClone(),
        ["credential"] = Credential(verdict.Facts),
        ["compare"] = new JsonArray([.. verdict.Compare.Select(c => (JsonNode)c)]),
        ["ledger"] = verdict.Ledger is { } ledger ? Ledger(ledger) : null,
        ["entitlement"] = EntitlementJson.Of(verdict),
        ["closing"] = verdict.Closing is { } closing ? Closing(closing) : null,
    };

    private static JsonObject Credential(CredentialFacts facts) => new()
    {
        ["type"] = facts.Type,
        ["typeName"] = TypeDefinition.Find(facts.Type)?.Name,
        ["format"] = facts.Format,
        ["issuer"] = facts.Issuer is { } issuer
            ? new JsonObject
            {
                ["name"] = issuer.Name,
                ["country"] = issuer.Country,
                ["demonstration"] = issuer.Demonstration,
                ["issuer"] = issuer.Issuer,
                ["contact"] = issuer.Contact,
            }
            : null,
        ["statedIssuer"] = facts.StatedIssuer,
        ["validFrom"] = facts.ValidFrom?.ToRfc3339(),
        ["validUntil"] = facts.ValidUntil?.ToRfc3339(),
        ["issuedAt"] = facts.IssuedAt?.ToRfc3339(),
    };

    private static JsonObject Ledger(LedgerEvidence ledger)
    {
        var json = Place(ledger);
        if (ledger.Anchor.Witnesses is { } witnesses) json["witnesses"] = new JsonObject { ["count"] = witnesses.Count, ["required"] = witnesses.Required };
        return json;
    }

    private static JsonObject Place(LedgerEvidence ledger) => new()
    {
        ["entry"] = Convert.ToHexStringLower(ledger.Entry),
        ["log"] = ledger.Anchor.Log,
        ["index"] = ledger.Anchor.Index,
        ["size"] = ledger.Anchor.Size,
        ["root"] = ledger.Anchor.Root,
        ["rootMatchesContract"] = ledger.Anchor.RootMatchesContract,
        ["trusted"] = ledger.Anchor.Trusted,
        ["anchoredAt"] = ledger.Anchor.AnchoredAt?.ToRfc3339(),
        ["block"] = ledger.Anchor.Block,
        ["transaction"] = ledger.Anchor.Transaction,
        ["contract"] = ledger.Anchor.Contract,
        ["chainId"] = ledger.Anchor.ChainId,
    };

    private static JsonObject Closing(ClosingFacts closing) => new()
    {
        ["at"] = closing.At.ToRfc3339(),
        ["depositary"] = closing.Depositary is { } name ? new JsonObject { ["name"] = name, ["contact"] = closing.Contact } : null,
        ["acceptedAt"] = closing.AcceptedAt?.ToRfc3339(),
        ["asOf"] = closing.AsOf?.ToRfc3339(),
        ["final"] = closing.AsOf is not null,
    };

    private static long? Seconds(TimeSpan? age) => age is { } known ? (long)known.TotalSeconds : null;
}
