using Identity.Credentials.Compact;
using Identity.Credentials.Dcql;
using Identity.Credentials.StatusList;

namespace Identity.Credentials.Verdicts;

/// <summary>Judges a compact proof; its form has been read already.</summary>
internal sealed class CompactExamination(CompactPresentation proof, Examination examination)
{
    /// <summary>The name of the format in verdicts and credential configurations.</summary>
    public const string Format = "identity-compact";

    private CheckSheet Sheet => examination.Sheet;

    public Verdict Run()
    {
        var part = proof.Issuer;
        var (from, until) = (Time(part.NotBefore), Time(part.Expires));
        examination.Facts = examination.Facts with { Type = part.Type, Format = Format, ValidFrom = from, ValidUntil = until, IssuedAt = from };
        Sheet.Pass(CheckName.Format, "compact proof, version 1");
        examination.CheckType(part.Type);
        examination.FindAnchor(part.LogEntry);
        CheckSignatureAndIssuer();
        examination.CheckAccreditation(part.Type);
        CheckBinding();
        examination.Claims = proof.Claims(examination.Type);
        examination.CheckAsks(new PresentedCredential(Format, part.Type, examination.Claims, true, []), Question());
        examination.CheckStatus(examination.Issuer is { } issuer ? new StatusReference($"{issuer.Issuer}/status/{part.List}", part.Index) : null);
        examination.CheckDates(from, until);
        return examination.Close();
    }

    private void CheckSignatureAndIssuer()
    {
        // A key id has eight bytes, and two keys may share them: every one that matches is tried.
        var matching = examination.Trust.FindKeys(proof.Issuer.KeyId);
        var signers = matching.Where(k => ImportedKeys.Find(k.Key) is { } key && proof.VerifyIssuer(key)).ToList();
        if (!proof.ClaimsHold) Sheet.Fail(CheckName.Signature, ReasonCode.Altered, "the shown claims are not those the issuer signed");
        else if (signers.Count > 0) Sheet.Pass(CheckName.Signature, "ES256 by the registered key");
        else if (matching.Count > 0) Sheet.Fail(CheckName.Signature, ReasonCode.Altered, "no registered key with its key id made the signature");
        else Sheet.Skip(CheckName.Signature, "no registered key has its key id");

        if (signers.Count == 0)
        {
            if (matching.Count == 0) examination.SetIssuer(null, "no registered key has its key id");
            else Sheet.Skip(CheckName.Issuer, "the signature does not show who issued it");
            Sheet.Skip(CheckName.IssuerKey, "the key is not known");
            return;
        }

        var signer = Choose(signers);
        examination.SetIssuer(examination.Trust.FindOrganisation(signer.Organisation), "the key's organisation is not in the register");
        examination.CheckKey(signer);
    }

    /// <summary>Anybody may register somebody else's public key as their own; the proof names only the key, so the entitled owner counts, else the first.</summary>
    private KeyRecord Choose(List<KeyRecord> signers)
    {
        var at = examination.AnchoredAt ?? examination.Now;
        return signers.OrderBy(k => k.From)
            .OrderByDescending(k => examination.Trust.Accreditations(k.Organisation).Any(a => a.Type == proof.Issuer.Type && a.Covers(at)))
            .First();
    }

    private void CheckBinding()
    {
        if (examination.Expectations is Expectations.File)
        {
            examination.NoBindingAsked();
            return;
        }

        if (examination.Expectations is Expectations.Online)
        {
            examination.BindingFailed(ReasonCode.HolderNotProven, "a compact proof does not answer an online request");
        }
        else if (!proof.VerifyHolder()) examination.BindingFailed(ReasonCode.HolderNotProven, "the holder's signature does not fit");
        else if (proof.RollingTime is { } drawn) CheckRolling(drawn);
        else if (examination.Expectations is not Expectations.Challenge { Question: var question }) examination.BindingFailed(ReasonCode.Replayed, "it answers a challenge, and none was shown");
        else if (!proof.Binding.AsSpan().SequenceEqual(question.Digest)) examination.BindingFailed(ReasonCode.Replayed, "it answers another challenge");
        else examination.BindingHolds(BindingLevel.Challenge, "answers this challenge", proof.Issuer.HolderKey.ThumbprintText());
    }

    /// <summary>Drawn by the phone at a time of its own: good for a moment, and for whoever sees it.</summary>
    private void CheckRolling(long drawn)
    {
        var age = examination.Now.ToUnixTimeSeconds() - drawn;
        examination.Rolling = new RollingFacts(age, proof.ClockUnsure);
        var evidence = Examination.Text($"drawn {Math.Abs(age)} s {(age < 0 ? "ahead of this clock" : "ago")}{(proof.ClockUnsure ? ", clock unsure" : "")}");
        if (examination.Policy.RequireChallenge) examination.BindingFailed(ReasonCode.Replayed, $"{evidence}; only an answer to a challenge is taken here");
        else if (Math.Abs(age) > examination.Policy.RollingWindow.TotalSeconds) examination.BindingFailed(ReasonCode.Replayed, evidence);
        else examination.BindingHolds(BindingLevel.Rolling, evidence, proof.Issuer.HolderKey.ThumbprintText());
    }

    private AskResult? Question()
    {
        if (examination.Expectations is not Expectations.Challenge { Question: var question }) return null;
        if (proof.Issuer.Type != question.Type) return new AskResult(false, "another type than was asked for");
        var missing = question.Required.Except(proof.Disclosed.Select(d => d.Leaf.Key)).ToList();
        return missing.Count == 0 ? new AskResult(true, "shows what was asked") : new AskResult(false, $"claims not shown: {string.Join(", ", missing)}");
    }

    private static DateTimeOffset? Time(long? seconds) => seconds is { } s ? DateTimeOffset.FromUnixTimeSeconds(s) : null;
}
