using System.Globalization;
using System.Text.Json.Serialization;
using Identity.Credentials;
using Identity.Hosting;
using Identity.Ledger.Exit;
using Identity.Ledger.Mirror;
using Identity.Verifier.Status;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Identity.Verifier.Exit;

/// <summary>Whose entry it is. Other members are refused: nothing of a credential has any business here.</summary>
/// <param name="Issuer">The issuer identifier, as registered; may be left out where one organisation alone records in the entry's log.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record KeepBody(string? Issuer = null);

/// <summary>
/// Gives whoever checked a credential the file by which it still verifies when no server is left (docs/exit-bundle.md). The credential takes no part: its entry is enough, and has to be in the copy of
/// the ledger here, so that nobody is asked for what somebody made up. Neither does it tell the issuer, who often operates the log: status lists are those that are held, and the log is not asked for the entry.
/// </summary>
public static partial class KeepProof
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(12);

    /// <summary>Maps <c>POST /api/exit/{entry}</c>.</summary>
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/api/exit/{entry}", HandleAsync).RequireRateLimiting(Limits.Fetches).WithMetadata(new BodyLimit(8 * 1024))
            .WithName("KeepProof").WithTags("Check").WithSummary("The exit bundle of one credential, by its entry in the log (64 lower-case hexadecimal digits): with it the credential still verifies when no server is left.")
            .WithDescription("Exit-As-Of: the time it speaks of. Exit-Proven: true where the seals are those of the validators that this service's operator trusts; unchecked where it names none, so that whoever reads the file has to check them; false on a chain whose blocks nobody seals. Exit-Status-Lists: how many are in it; the credential's own is there as status/{SHA-256 of its address}.jwt, or whether it was revoked cannot be said.")
            .Produces(200, contentType: SentBundle.MediaType).ProducesProblem(400).ProducesProblem(404).ProducesProblem(409).ProducesProblem(413).ProducesProblem(429).ProducesProblem(503);

    private static async Task<Results<SentBundle, ProblemHttpResult>> HandleAsync(
        string entry, KeepBody? body, HttpContext http, BundleMaker maker, StatusCache status, BundlePlaces places, LedgerMirror mirror, VerifierSettings settings, TimeProvider clock, ILogger<BundleMaker> log, CancellationToken ct)
    {
        if (entry.Length != 64 || !entry.All(char.IsAsciiHexDigitLower)) return TypedResults.Problem("entry: 32 bytes in lower-case hexadecimal, as the verdict names it.", statusCode: 400, title: "No entry");
        byte[]? organisation = null;
        if (body?.Issuer is { } issuer)
        {
            if (issuer.Length is 0 or > 2_000) return TypedResults.Problem("issuer: the issuer identifier as registered, 1 to 2000 characters.", statusCode: 400, title: "No issuer");
            organisation = mirror.FindOrganisationByIssuer(issuer)?.Id;
            if (organisation is null && mirror.Archive(null) is null) return Refuse(ExitGap.Unknown, http);
        }
        else if (mirror.Archive(null) is null)
        {
            var recording = mirror.Recording(Convert.FromHexString(entry));
            if (recording.Count > 1) return Refuse(ExitGap.Ambiguous, http);
            organisation = recording.SingleOrDefault()?.Id;
        }
        if (!places.TryTake()) return Busy(http);
        using var time = new CancellationTokenSource(Patience, clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct, time.Token);
        try
        {
            var making = await maker.MakeAsync(organisation, Convert.FromHexString(entry), settings.Validators, BundleLists.Held(status), limit.Token);
            if (making is not BundleMaking.Made(var bundle, var ruling, _))
            {
                var (gap, reason) = (BundleMaking.NotMade)making;
                LogNotMade(log, gap, reason);
                return Refuse(gap, http);
            }
            using var file = new MemoryStream();
            bundle.Save(file, limit.Token);
            if (!places.TryHold(file.Length)) return Busy(http);
            http.Response.Headers.CacheControl = "no-store";
            http.Response.Headers["Exit-As-Of"] = ruling.AsOf.ToRfc3339();
            http.Response.Headers["Exit-Proven"] = ruling.IsProven ? "true" : bundle.Ledger.State.Consensus is null ? "false" : "unchecked";
            http.Response.Headers["Exit-Status-Lists"] = bundle.Lists.Count.ToString(CultureInfo.InvariantCulture);
            var bytes = file.ToArray();
            return new SentBundle(bytes, $"proof-{entry[..8]}.idexit", clock, () => places.Release(bytes.Length));
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return Later("slow", "No answer in time", "The ledger's node or the log took too long to answer. Try again in some minutes.", http);
        }
        finally
        {
            places.GiveBack();
        }
    }

    // What went wrong inside, with which machine, is the operator's to read.
    private static ProblemHttpResult Refuse(ExitGap gap, HttpContext http) => gap switch
    {
        ExitGap.Archive => Problem(409, "archive", "This is an archive", "This service has an archive and follows no ledger. The bundles that it was made of say all that it knows: keep a copy of those."),
        ExitGap.NotRead => Later("not-read", "The ledger was not read yet", "This service has just begun to read the ledger. Try again in some minutes.", http),
        ExitGap.Alarm => Problem(409, "alarm", "The ledger's copy is in alarm", "The log or the ledger has contradicted itself, so nothing is proven by it. The page on what the ledger holds shows how; ask the issuer."),
        ExitGap.Unknown => Problem(404, "unknown", "No such entry", "No log that this issuer records in is known here to hold this entry. Check the credential again; if its verdict names an entry, try once more."),
        ExitGap.Ambiguous => Problem(409, "ambiguous", "Whose is it?", "More than one organisation records in the log of this entry. Name the issuer."),
        ExitGap.NotAnchored => Problem(409, "not-anchored", "Not on the ledger yet", "The log holds the entry, the ledger does not yet. It takes a minute or two after issuing: try again then."),
        ExitGap.TooLarge => Problem(409, "too-large", "Too much for one file", "The ledger holds more of this issuer, and of those that accredited it, than one file can prove. Waiting does not change that: ask whoever runs this service."),
        ExitGap.Validators => Problem(409, "validators", "Others seal by now", "The validators that this service trusts are not those who seal the ledger today, and how they changed does not show. Ask whoever runs this service."),
        ExitGap.NoReceipt => Later("no-receipt", "No receipt with a proof", "Neither the log's operator nor another copy gives a receipt with a proof of the ledger's state. Try again later, or ask the issuer for one.", http),
        ExitGap.NoState => Later("no-state", "The ledger's node gives no proof", "The ledger's node does not answer, or keeps no such old state. Try again in some minutes.", http),
        _ => Later("does-not-hold", "What was collected does not hold", "What the ledger's node, the log and the issuer gave does not fit together. Try again in some minutes; if it stays, ask whoever runs this service.", http),
    };

    private static ProblemHttpResult Busy(HttpContext http) => Later("busy", "Busy", "Others have such files made at the moment. Try again in a minute.", http);

    private static ProblemHttpResult Later(string code, string title, string detail, HttpContext http)
    {
        http.Response.Headers.RetryAfter = "60";
        return Problem(503, code, title, detail);
    }

    private static ProblemHttpResult Problem(int status, string code, string title, string detail) => TypedResults.Problem(detail, statusCode: status, title: title, type: $"urn:identity:problem:exit-{code}");

    [LoggerMessage(Level = LogLevel.Warning, Message = "An exit bundle could not be made ({Gap}): {Reason}")]
    private static partial void LogNotMade(ILogger log, ExitGap gap, string reason);
}
