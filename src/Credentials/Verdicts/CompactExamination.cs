using Identity.Credentials.Compact;
using Identity.Credentials.Dcql;
using Identity.Credentials.StatusList;

namespace Identity.Credentials.Verdicts;

/// <summary>Judges a compact proof or a paper; its form has been read already.</summary>
internal sealed class CompactExamination(ICompactForm form, Examination examination)
{
    /// <summary>The name of the format in verdicts and credential configurations.</summary>
    public const string Format = "identity-compact";

    /// <summary>The same of a paper.</summary>
    public const string PaperFormat = "identity-compact-paper";

    private CheckSheet Sheet => examination.Sheet;

    public Verdict Run()
    {
        var format = form is CompactPaper ? PaperFormat : Format;
        var (from, until) = (Time(form.NotBefore), Time(form.Expires));
        examination.Facts = examination.Facts with { Type = form.Type, Format = format, ValidFrom = from, ValidUntil = until, IssuedAt = from };
        Sheet.Pass(CheckName.Format, Examination.Text($"{(form is CompactPaper ? "paper" : "compact proof")}, version {CompactVersion.Of(form.OriginalIssuer)}"));
        examination.CheckType(form.Type, form.OriginalIssuer is not null);
        examination.Remember(form.LogEntry);
        examination.Claims = form.Claims(examination.Type);
        CheckSignatureAndIssuer();
        examination.CheckAccreditation();
        if (form is CompactPresentation proof) CheckBinding(proof);
        else CheckBearer();
        examination.CheckAsks(new PresentedCredential(format, form.Type, examination.Claims, true, []), Question());
        examination.CheckStatus(examination.Issuer is { } issuer ? new StatusReference($"{issuer.Issuer}/status/{form.List}", form.Index) : null);
        examination.CheckDates(from, until);
        return examination.Close();
    }

    private void CheckSignatureAndIssuer()
    {
        // A key id has eight bytes, and two keys may share them: every one that matches is tried.
        var matching = examination.Trust.FindKeys(form.KeyId);
        var signers = matching.Where(k => ImportedKeys.Find(k.Key) is { } key && form.VerifyIssuer(key)).ToList();
        if (!form.ClaimsHold) Sheet.Fail(CheckName.Signature, ReasonCode.Altered, "the shown claims are not those the issuer signed");
        else if (signers.Count > 0) Sheet.Pass(CheckName.Signature, "ES256 by the registered key");
        else if (matching.Count > 0) Sheet.Fail(CheckName.Signature, ReasonCode.Altered, "no registered key with its key id made the signature");
        else Sheet.Skip(CheckName.Signature, "no registered key has its key id");

        if (signers.Count == 0)
        {
            if (matching.Count == 0) examination.SetIssuer(null, "no registered key has its key id");
            else examination.IssuerIsNotShown();
            Sheet.Skip(CheckName.IssuerKey, "the key is not known");
            return;
        }

        var signer = Choose(signers);
        examination.SetIssuer(examination.Trust.FindOrganisation(signer.Organisation), "the key's organisation is not in the register");
        examination.CheckKey([signer]);
    }

    /// <summary>Anybody may register somebody else's public key as their own; the proof names only the key, so the entitled owner counts, else the first.</summary>
    private KeyRecord Choose(List<KeyRecord> signers) =>
        signers.Count == 1 ? signers[0] : signers.OrderBy(k => k.From).OrderByDescending(k => examination.IsEntitled(k.Organisation)).First();

    /// <summary>A paper names no key: nobody can prove to be its holder, and whoever checks compares the person with what it says.</summary>
    private void CheckBearer()
    {
        if (examination.Expectations is Expectations.Online) examination.BindingFailed(ReasonCode.HolderNotProven, "a paper does not answer an online request");
        else if (examination.Policy.RequireChallenge && examination.Expectations is not Expectations.File) examination.BindingFailed(ReasonCode.HolderNotProven, "a paper; only an answer to a challenge is taken here");
        else examination.IsPaper();
    }

    private void CheckBinding(CompactPresentation proof)
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
        else if (proof.RollingTime is { } drawn) CheckRolling(proof, drawn);
        else if (examination.Expectations is not Expectations.Challenge { Question: var question }) examination.BindingFailed(ReasonCode.Replayed, "it answers a challenge, and none was shown");
        else if (!proof.Binding.AsSpan().SequenceEqual(question.Digest)) examination.BindingFailed(ReasonCode.Replayed, "it answers another challenge");
        else examination.BindingHolds(BindingLevel.Challenge, "answers this challenge", proof.Issuer.HolderKey.ThumbprintText());
    }

    /// <summary>Drawn by the phone at a time of its own: good for a moment, and for whoever sees it.</summary>
    private void CheckRolling(CompactPresentation proof, long drawn)
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
        if (form.Type != question.Type) return new AskResult(false, "another type than was asked for");
        var missing = question.Required.Except(form.ClaimKeys).Select(key => examination.Type?.Claim(key)?.Name ?? Examination.Text($"#{key}")).ToList();
        return missing.Count == 0 ? new AskResult(true, "shows what was asked") : new AskResult(false, $"claims not shown: {string.Join(", ", missing)}");
    }

    private static DateTimeOffset? Time(long? seconds) => seconds is { } s ? DateTimeOffset.FromUnixTimeSeconds(s) : null;
}
