using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Identity.Credentials.Jose;
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
        var age = examination.Now - snapshot.FetchedAt;
        if (!IsSignedByIssuer(token, examination))
        {
            sheet.Skip(CheckName.Status, "the status list is not signed by a key of the issuer", ReasonCode.StaleData);
            return age;
        }

        var readable = token.TryRead(reference, examination.Now, examination.Policy.Skew, out var value, out var why);
        if (!readable && why == "status_expired") token.List.TryGet(reference.Index, out value); // an end stays an end
        else if (!readable)
        {
            sheet.Skip(CheckName.Status, why, ReasonCode.StaleData);
            return age;
        }

        var asOf = $"as of {Examination.Day(token.IssuedAt)}";
        var current = readable && age >= -examination.Policy.Skew && age <= examination.Policy.MaxStatusAge;
        if (value == (byte)StatusValue.Invalid) sheet.Fail(CheckName.Status, ReasonCode.Revoked, $"revoked, {asOf}");
        else if (!current) sheet.Skip(CheckName.Status, $"the status list is too old, {asOf}", ReasonCode.StaleData);
        else if (value == (byte)StatusValue.Valid) sheet.Pass(CheckName.Status, $"in force, {asOf}");
        else sheet.Fail(CheckName.Status, ReasonCode.Suspended, $"suspended, {asOf}"); // only 0 means in force
        return age;
    }

    /// <summary>Any key registered for the organisation will do, unless it was stolen, or retired before the list was signed.</summary>
    private static bool IsSignedByIssuer(StatusListToken token, Examination examination)
    {
        if (!TryThumbprint(token.Jws, out var thumbprint)) return false;
        foreach (var record in examination.Trust.FindKeys(thumbprint))
        {
            if (!record.Organisation.AsSpan().SequenceEqual(examination.Issuer!.Id)) continue;
            if (record.EndedAt is { } end && (record.Reason != KeyEndReason.Retired || token.IssuedAt >= end)) continue; // a thief writes any date
            if (IsSignedBy(record.Key, token)) return true;
        }

        return false;
    }

    // A list is held for minutes and looked into for every credential: its signature stays what it was, whatever becomes of the key.
    private static bool IsSignedBy(Jwk jwk, StatusListToken token)
    {
        if (Signers.TryGetValue(token, out var signer) && signer.SameKey(jwk)) return true;
        if (ImportedKeys.Find(jwk) is not { } key || !token.Jws.Verify(key)) return false;
        Signers.AddOrUpdate(token, jwk);
        return true;
    }

    private static readonly ConditionalWeakTable<StatusListToken, Jwk> Signers = [];

    private static bool TryThumbprint(Jws jws, [NotNullWhen(true)] out byte[]? thumbprint)
    {
        if (Base64Url.TryDecode(jws.KeyId, out var kid) && kid.Length == 32)
        {
            thumbprint = kid;
            return true;
        }

        thumbprint = Leaf.Of(jws)?.Thumbprint();
        return thumbprint is not null;
    }
}
