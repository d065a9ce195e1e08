using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.Types;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Organisations;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Recognition;

/// <summary>The outcome of asking.</summary>
public abstract record Asking
{
    private Asking() { }

    /// <summary>The person can scan now.</summary>
    public sealed record Open(RecognitionCase Case, AskedQuestion Question) : Asking;

    /// <summary>Not possible; why.</summary>
    public sealed record Refused(string Field, string Reason) : Asking;

    /// <summary>The body has no such case.</summary>
    public sealed record NotFound : Asking;
}

/// <summary>The outcome of deciding.</summary>
public abstract record Deciding
{
    private Deciding() { }

    /// <summary>The statement is prepared; on offer, or waiting for a second person.</summary>
    public sealed record Done(Preparation.Prepared Statement) : Deciding;

    /// <summary>Nothing was stored; the errors by claim.</summary>
    public sealed record Refused(IReadOnlyDictionary<string, string[]> Errors, Accreditations.BeyondScope? Beyond = null) : Deciding;

    /// <summary>The qualification is no longer in force: it cannot be recognised, but an unfavourable decision is possible.</summary>
    public sealed record Ended(QualificationStatus Status, DateTimeOffset? AsOf) : Deciding;

    /// <summary>Its status cannot be looked at now. Who decides all the same must say that they know.</summary>
    public sealed record CannotTell : Deciding;

    /// <summary>The case is not at this step, or the qualification was not found valid; why.</summary>
    public sealed record NotNow(string Reason) : Deciding;

    /// <summary>The body has no such case.</summary>
    public sealed record NotFound : Deciding;
}

/// <summary>A case as people and programs see it.</summary>
/// <param name="Case">The stored case.</param>
/// <param name="Question">What the person scans, while it is open.</param>
/// <param name="Verdict">The verdict without claims, once there is one.</param>
/// <param name="Shown">What was shown, until the decision.</param>
/// <param name="Trouble">Why nothing new is known, or null.</param>
public sealed record CaseView(RecognitionCase Case, AskedQuestion? Question, JsonObject? Verdict, ShownQualification? Shown, string? Trouble);

/// <summary>
/// The work of a recognition body: asks a person for a foreign qualification through a verifier, reads the verdict, and prepares the
/// statement of comparability that is tied to the qualification by <see cref="OriginalDigest"/>. A person decides; nothing here does.
/// </summary>
public sealed class EvaluateQualification(IssuerDb db, VerifierClient verifier, PrepareCredential prepare, IDataProtectionProvider protection, TimeProvider clock)
{
    private readonly IDataProtector _secrets = protection.CreateProtector("recognition");

    /// <summary>Opens a case and asks.</summary>
    public async Task<Asking> OpenAsync(Organisation body, string? reference, string language, Actor actor, CancellationToken ct)
    {
        if (ClaimCheck.Reference(reference ?? "") is not { } fileNumber) return new Asking.Refused("reference", "Give your file number, 1 to 100 characters.");
        var (question, why) = await verifier.AskAsync(language, ct);
        if (question is null) return new Asking.Refused("verifier", why);
        var opened = new RecognitionCase
        {
            Id = Base64Url.Encode(RandomNumberGenerator.GetBytes(16)), Organisation = body.Slug, Reference = fileNumber, CreatedAt = clock.GetUtcNow(), CreatedBy = actor.ToString(),
            State = CaseState.Asked, Question = Protect(question),
        };
        db.RecognitionCases.Add(opened);
        db.Log(body.Slug, opened.Id, actor, "case-opened", opened.CreatedAt);
        await db.SaveChangesAsync(ct);
        return new Asking.Open(opened, question);
    }

    /// <summary>Asks again, after nobody answered or where another qualification is to be shown.</summary>
    public async Task<Asking> AskAgainAsync(Organisation body, string id, string language, Actor actor, CancellationToken ct)
    {
        if (await FindAsync(body, id, ct) is not { } found) return new Asking.NotFound();
        if (found.State is CaseState.Decided) return new Asking.Refused("state", "A statement was prepared already.");
        var (question, why) = await verifier.AskAsync(language, ct);
        if (question is null) return new Asking.Refused("verifier", why);
        (found.State, found.Question, found.Shown, found.VerdictJson, found.ChangedAt) = (CaseState.Asked, Protect(question), null, null, clock.GetUtcNow());
        (found.AsOf, found.Status) = (null, null);
        found.Version++;
        db.Log(body.Slug, id, actor, "case-asked", clock.GetUtcNow());
        await db.SaveChangesAsync(ct);
        return new Asking.Open(found, question);
    }

    /// <summary>The body's newest cases, at most 100.</summary>
    public async Task<IReadOnlyList<RecognitionCase>> ListAsync(Organisation body, CancellationToken ct) =>
        await db.RecognitionCases.AsNoTracking().Where(c => c.Organisation == body.Slug).OrderByDescending(c => c.CreatedAt).Take(100).ToListAsync(ct);

    /// <summary>Where a case stands now, for a page that waits; null where the body has none of this id. Not a reading of what was shown.</summary>
    public async Task<CaseState?> StateAsync(Organisation body, string id, CancellationToken ct) => (await LookAsync(body, id, null, ct))?.Case.State;

    /// <summary>Shows a case; null where the body has none of this id.</summary>
    public Task<CaseView?> ShowAsync(Organisation body, string id, Actor actor, CancellationToken ct) => LookAsync(body, id, actor, ct);

    // Looks at the verifier while an answer is awaited. A reader goes into the access log.
    private async Task<CaseView?> LookAsync(Organisation body, string id, Actor? reader, CancellationToken ct)
    {
        if (await FindAsync(body, id, ct) is not { } found) return null;
        var question = Unprotect<AskedQuestion>(found.Question);
        string? trouble = null;
        if (found.State is CaseState.Asked)
        {
            switch (question is null ? new Answering.Ended() : await verifier.ReadAsync(question, ct))
            {
                case Answering.Answered answered:
                    Keep(found, answered);
                    break;
                case Answering.Ended:
                    (found.State, found.Question, found.ChangedAt) = (CaseState.Unanswered, null, clock.GetUtcNow());
                    found.Version++;
                    break;
                case Answering.Unreachable unreachable:
                    trouble = unreachable.Why;
                    break;
            }
        }
        var shown = Unprotect<ShownQualification>(found.Shown);
        if (shown is not null && reader is not null) db.Log(body.Slug, id, reader, "case-read", clock.GetUtcNow());
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Somebody else looked at the same moment and stored the answer: what they stored is shown.
            db.ChangeTracker.Clear();
            return await LookAsync(body, id, reader, ct);
        }
        return new CaseView(found, found.State is CaseState.Asked ? question : null, found.VerdictJson is { } json ? JsonNode.Parse(json)!.AsObject() : null, shown, trouble);
    }

    /// <summary>Looks at the status of what was shown again and keeps what was heard; null where the body has no such case, or none that waits for a decision.</summary>
    public async Task<StatusLook?> CheckAgainAsync(Organisation body, string id, Actor actor, CancellationToken ct)
    {
        if (await FindAsync(body, id, ct) is not { State: CaseState.Answered } found || Unprotect<ShownQualification>(found.Shown) is not { } shown || !IsValid(found)) return null;
        var look = await LookAgainAsync(found, shown, ct);
        db.Log(body.Slug, id, actor, "case-checked", clock.GetUtcNow());
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            db.ChangeTracker.Clear(); // somebody else looked or decided at the same moment: what they stored is shown
        }
        return look;
    }

    // Between the verdict and the decision lie weeks: what the issuer or time ended meanwhile must not be recognised unnoticed.
    private async Task<StatusLook> LookAgainAsync(RecognitionCase found, ShownQualification shown, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var verdict = JsonNode.Parse(found.VerdictJson!)!;
        var look = shown.Status is { } place ? await verifier.LookAsync(shown.Issuer, place, ct)
            : NamesNoList(verdict) ? new StatusLook(QualificationStatus.InForce, now) : new StatusLook(QualificationStatus.Unknown, null);
        if (look.Status is not QualificationStatus.Revoked && verdict["credential"]?["validUntil"] is JsonValue end && end.TryGetValue<DateTimeOffset>(out var until) && until <= now)
            look = new StatusLook(QualificationStatus.Expired, now);
        (found.Status, found.AsOf) = (look.Status, look.AsOf ?? found.AsOf);
        found.Version++;
        return look;
    }

    // A check that was not made, in a verdict that was valid all the same: the qualification names no status list.
    private static bool NamesNoList(JsonNode verdict) =>
        verdict["checks"] is JsonArray checks && checks.Any(check => (string?)check?["name"] == "status" && (string?)check["result"] == "not_checked");

    /// <summary>Prepares the statement from what the evaluator wrote and what was shown, and forgets the latter, in one transaction.</summary>
    /// <param name="body">The recognition body.</param>
    /// <param name="id">The case.</param>
    /// <param name="written">Claims that the evaluator wrote; those in <see cref="StatementRules.Given"/> are refused.</param>
    /// <param name="actor">Who decided.</param>
    /// <param name="knowingly">Whoever decides knows that the status may not be had.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task<Deciding> DecideAsync(Organisation body, string id, JsonObject written, Actor actor, bool knowingly, CancellationToken ct)
    {
        if (await FindAsync(body, id, ct) is not { } found) return new Deciding.NotFound();
        if (found.State is not CaseState.Answered || Unprotect<ShownQualification>(found.Shown) is not { } shown) return new Deciding.NotNow("There is no answer to decide on.");
        if (!IsValid(found)) return new Deciding.NotNow("The qualification was not found valid. Ask for it again, or use the ordinary form for what was examined on paper.");

        var now = clock.GetUtcNow();
        if (written.Select(c => c.Key).Where(StatementRules.Given.Contains).ToList() is { Count: > 0 } given)
            return new Deciding.Refused(given.ToDictionary(name => name, _ => new[] { "This follows from what was shown and cannot be given." }));
        var look = await LookAgainAsync(found, shown, ct);
        if (StatementRules.Recognises(written) && (look.Status is QualificationStatus.Unknown ? !knowingly : look.Status is not QualificationStatus.InForce))
        {
            await db.SaveChangesAsync(ct);
            return look.Status is QualificationStatus.Unknown ? new Deciding.CannotTell() : new Deciding.Ended(look.Status, look.AsOf);
        }
        if (Statement(body, shown, written, now) is not { } claims) return new Deciding.NotNow("A claim that the statement must be tied to was not shown. Ask again.");
        var preparation = prepare.Add(body, StatementRules.Type, found.Reference, claims, actor, null, null, shown: claims);
        if (preparation is Preparation.Refused refused) return new Deciding.Refused(refused.Errors, refused.Beyond);
        var prepared = (Preparation.Prepared)preparation;
        (found.State, found.Statement, found.Shown, found.Question, found.ChangedAt) = (CaseState.Decided, prepared.Credential.Id, null, null, now);
        found.Version++;
        db.Log(body.Slug, prepared.Credential.Id, actor, "case-decided", now);
        if (look.Status is QualificationStatus.Unknown) db.Log(body.Slug, prepared.Credential.Id, actor, "case-status-unknown", now);
        await db.SaveChangesAsync(ct);
        return new Deciding.Done(prepared);
    }

    /// <summary>Whether the verdict of a case was "valid".</summary>
    public static bool IsValid(RecognitionCase one) => one.VerdictJson is { } json && (string?)JsonNode.Parse(json)?["outcome"] == "valid";

    private static JsonObject? Statement(Organisation body, ShownQualification shown, JsonObject written, DateTimeOffset now)
    {
        var salt = RandomNumberGenerator.GetBytes(OriginalDigest.SaltLength);
        if (TypeDefinition.Find(shown.Type) is not { } type || !OriginalDigest.TryCompute(type, shown.Issuer, shown.Claims, salt, out var digest)) return null;
        var claims = (JsonObject)written.DeepClone();
        foreach (var (name, from) in StatementRules.Copied)
            if (shown.Claims[from] is { } value) claims[name] = value.DeepClone();
        claims["evidence"] = "signed-credential";
        claims["authority"] = body.Name;
        claims["authority_country"] = body.Profile.Country;
        claims["decided_on"] = now.UtcDateTime.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        claims["original_digest"] = Base64Url.Encode(digest);
        claims["original_salt"] = Base64Url.Encode(salt);
        return claims;
    }

    private void Keep(RecognitionCase found, Answering.Answered answered)
    {
        var verdict = answered.Verdict;
        var claims = verdict["claims"] as JsonObject;
        var type = (string?)verdict["credential"]?["type"];
        var issuer = (string?)verdict["credential"]?["statedIssuer"];
        verdict.Remove("claims");
        if (claims is { Count: > 0 } && type is not null && issuer is not null) found.Shown = Protect(new ShownQualification(issuer, type, claims, answered.Status));
        (found.State, found.VerdictJson, found.Question, found.ChangedAt) = (CaseState.Answered, verdict.ToJsonString(), null, clock.GetUtcNow());
        var age = verdict["dataAge"]?["status"] is JsonValue seconds && seconds.TryGetValue<long>(out var known) ? TimeSpan.FromSeconds(known) : TimeSpan.Zero;
        (found.AsOf, found.Status) = (clock.GetUtcNow() - age, null);
        found.Version++;
    }

    private Task<RecognitionCase?> FindAsync(Organisation body, string id, CancellationToken ct) =>
        db.RecognitionCases.SingleOrDefaultAsync(c => c.Organisation == body.Slug && c.Id == id, ct);

    private string Protect<T>(T value) => _secrets.Protect(JsonSerializer.Serialize(value, JsonSerializerOptions.Web));

    private T? Unprotect<T>(string? text) where T : class
    {
        if (text is null) return null;
        try
        {
            return JsonSerializer.Deserialize<T>(_secrets.Unprotect(text), JsonSerializerOptions.Web);
        }
        catch (CryptographicException)
        {
            return null; // the key is gone: as if nothing had been shown
        }
    }
}
