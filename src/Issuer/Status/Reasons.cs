namespace Identity.Issuer.Status;

/// <summary>Codes of why a credential was suspended, ended or not approved. Each has a text in every language (<c>issuer.reason.CODE</c>); a sentence may go with it.</summary>
public static class Reasons
{
    /// <summary>A corrected one took its place.</summary>
    public const string Replaced = "replaced";

    /// <summary>A second person did not approve it.</summary>
    public const string Returned = "returned";

    /// <summary>A copy ended because its credential was moved to its holder's new phone; the credential itself did not. Also the act in its history.</summary>
    public const string Recovered = "recovered";

    /// <summary>Stands for a reason where a second person is asked for a paper, not for an end.</summary>
    public const string Paper = "paper";

    /// <summary>What a second person is asked for is that the credential be let go to a new phone, which a desk's decision did not move.</summary>
    public const string Recovery = "recovery";

    /// <summary>What a second person is asked for is that the credential be offered again to whoever holds it.</summary>
    public const string Offer = "offer";

    /// <summary>What a second person is asked for is that the credential move to no new phone any more.</summary>
    public const string RecoveryStop = "recovery_stop";

    /// <summary>What a second person is asked for beside an end; each is named as it awaits (<see cref="Issuance.CredentialRecord.Awaits"/>).</summary>
    public static IReadOnlyList<string> NoEnd { get; } = [Paper, Recovery, Offer, RecoveryStop];

    /// <summary>None of the others fits: the sentence is needed.</summary>
    public const string Other = "other";

    /// <summary>What a clerk may choose for a revocation.</summary>
    public static IReadOnlyList<string> Revocation { get; } = ["issued_in_error", "wrong_person", "fraud", "entitlement_ended", "holder_asked", Other];

    /// <summary>What a clerk may choose for a suspension.</summary>
    public static IReadOnlyList<string> Suspension { get; } = ["under_review", "holder_asked", Other];

    /// <summary>The only grounds on which a credential is revoked that is otherwise corrected by addition, and only with a second person.</summary>
    public static IReadOnlyList<string> AgainstReference { get; } = ["wrong_person", "fraud"];

    /// <summary>The only grounds on which such a credential is suspended, and only with a second person. None of them ends one for ever: what is asked follows from the reason.</summary>
    public static IReadOnlyList<string> HoldingReference { get; } = ["under_review", "holder_asked"];

    /// <summary>A sentence as it may be stored: 3 to 500 characters without control characters. Null where it cannot be.</summary>
    public static string? Sentence(string? text) =>
        text?.ReplaceLineEndings(" ").Trim() is { Length: >= 3 and <= 500 } sentence && !sentence.Any(char.IsControl) ? sentence : null;
}
