using Identity.Credentials.StatusList;

namespace Identity.Credentials.Verdicts;

/// <summary>Reads a credential's status from the local copy of its list. A list that cannot be relied on never accuses: it leaves the status open.</summary>
internal static class StatusCheck
{
    /// <summary>Fills in the check and answers the age of the copy; null where there is none.</summary>
    public static TimeSpan? Run(Examination examination, StatusReference reference)
    {
        var sheet = examination.Sheet;
        if (examination.Trust.FindStatus(reference.Uri) is not { } snapshot)
        {
            sheet.Skip(CheckName.Status, "there is no copy of its status list", ReasonCode.StaleData);
            return null;
        }

        var token = snapshot.Token;
        var now = examination.Trust.Archive(null) is null ? examination.Now : snapshot.FetchedAt; // an archive speaks of its own day
        var age = now - snapshot.FetchedAt;
        if (EndingList(examination, snapshot, reference, now) is { } ending)
        {
            var last = StatusSigner.IsFinal(ending, examination.Trust, examination.Closing);
            if (last) examination.FinalAsOf = ending.IssuedAt;
            sheet.Fail(CheckName.Status, ReasonCode.Revoked, $"revoked, as of {Examination.Day(ending.IssuedAt)}{(last ? ", the final list" : "")}");
            return age;
        }

        var isFinal = StatusSigner.IsFinal(token, examination.Trust, examination.Closing);
        if (isFinal && examination.Closing!.IsTakenOver)
        {
            // What ended since, only a depositary knows.
            sheet.Skip(CheckName.Status, $"another has taken over, and its list is not at hand; in the final list of {Examination.Day(token.IssuedAt)} it has not ended", ReasonCode.StaleData);
            return age;
        }

        if (!isFinal && StatusSigner.Find(token, examination.Trust, examination.Issuer!.Id) is null)
        {
            sheet.Skip(CheckName.Status, "the status list is not signed by a key of the issuer", ReasonCode.StaleData);
            return age;
        }

        var readable = token.TryRead(reference, now, examination.Policy.Skew, out var value, out var why);
        if (!readable && why == "status_expired") token.List.TryGet(reference.Index, out value); // an end stays an end
        else if (!readable)
        {
            sheet.Skip(CheckName.Status, why, ReasonCode.StaleData);
            return age;
        }

        if (isFinal) examination.FinalAsOf = token.IssuedAt;
        var asOf = $"as of {Examination.Day(token.IssuedAt)}{(isFinal ? ", the final list" : "")}";
        var current = isFinal || (readable && age >= -examination.Policy.Skew && age <= examination.Policy.MaxStatusAge);
        if (value == (byte)StatusValue.Invalid) sheet.Fail(CheckName.Status, ReasonCode.Revoked, $"revoked, {asOf}");
        else if (!current) sheet.Skip(CheckName.Status, $"the status list is too old, {asOf}", ReasonCode.StaleData);
        else if (value == (byte)StatusValue.Valid) sheet.Pass(CheckName.Status, $"in force, {asOf}");
        else sheet.Fail(CheckName.Status, ReasonCode.Suspended, $"suspended, {asOf}"); // only 0 means in force
        return age;
    }

    // Of an organisation that was closed several may have spoken: none brings back what another ended.
    private static StatusListToken? EndingList(Examination examination, StatusSnapshot snapshot, StatusReference reference, DateTimeOffset now) =>
        examination.Closing is null ? null : (snapshot.Before ?? []).Prepend(snapshot.Token).FirstOrDefault(token =>
            token.Uri == reference.Uri && token.IssuedAt <= now + examination.Policy.Skew && token.List.TryGet(reference.Index, out var value) && value == (byte)StatusValue.Invalid
            && StatusSigner.Ends(token, examination.Trust, examination.Issuer!.Id));
}
