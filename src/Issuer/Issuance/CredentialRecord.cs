using System.Text.Json.Nodes;

namespace Identity.Issuer.Issuance;

/// <summary>Where a credential stands. Only <see cref="Suspended"/> leads back; <see cref="Revoked"/> is the end.</summary>
public enum CredentialState
{
    /// <summary>Offered to its holder, not collected yet.</summary>
    Offered,

    /// <summary>Prepared, but somebody has to agree first: it can be offered, and a wallet that asks is told to wait (deferred issuance).</summary>
    Awaiting,

    /// <summary>In a wallet, and good.</summary>
    Collected,

    /// <summary>In a wallet, not good for the moment.</summary>
    Suspended,

    /// <summary>Ended for ever.</summary>
    Revoked,
}

/// <summary>The outcome of asking a credential to take a step.</summary>
public abstract record Step
{
    private Step() { }

    /// <summary>The step was taken.</summary>
    public sealed record Taken : Step;

    /// <summary>The step is not possible from here; <paramref name="Reason"/> is a sentence for the person who asked.</summary>
    public sealed record Refused(string Reason) : Step;
}

/// <summary>A credential that an organisation decided to issue to one person: the claims, and one state for all its signed copies.</summary>
public sealed class CredentialRecord
{
    /// <summary>Random, 22 base64url characters; says nothing about the person.</summary>
    public required string Id { get; init; }

    /// <summary>Slug of the issuing organisation.</summary>
    public required string Organisation { get; init; }

    /// <summary>Short name of the type, for example <c>qualification</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The organisation's own file number, at most 100 characters.</summary>
    public required string Reference { get; init; }

    /// <summary>The holder's names as one line, for the list.</summary>
    public required string HolderName { get; init; }

    /// <summary>Names and reference in lower case, for the search.</summary>
    public required string SearchText { get; init; }

    /// <summary>The checked claims as a JSON object, derived ones not included.</summary>
    public required string ClaimsJson { get; init; }

    /// <summary>When the organisation decided.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The present state.</summary>
    public CredentialState State { get; private set; } = CredentialState.Offered;

    /// <summary>Why it was suspended or revoked, in the organisation's words.</summary>
    public string? StateReason { get; private set; }

    /// <summary>When the state last changed.</summary>
    public DateTimeOffset? StateChangedAt { get; private set; }

    /// <summary>When the first copy was collected.</summary>
    public DateTimeOffset? CollectedAt { get; private set; }

    /// <summary>Rises with each change; of two changes at once one wins.</summary>
    public int Version { get; private set; }

    /// <summary>The claims, parsed.</summary>
    public JsonObject Claims() => JsonNode.Parse(ClaimsJson)!.AsObject();

    /// <summary>A new credential waits for somebody to agree; nothing is signed until then.</summary>
    public Step HoldBack(DateTimeOffset now) => State is CredentialState.Offered
        ? Go(CredentialState.Awaiting, null, now)
        : new Step.Refused("Only a credential that nobody has collected can be held back.");

    /// <summary>Somebody agreed: from now on a wallet can collect it. Who does not agree revokes.</summary>
    public Step Release(DateTimeOffset now) => State is CredentialState.Awaiting
        ? Go(CredentialState.Offered, null, now)
        : new Step.Refused("The credential is not waiting for anybody's agreement.");

    /// <summary>A wallet collects copies.</summary>
    public Step Collect(DateTimeOffset now)
    {
        if (State is CredentialState.Awaiting) return new Step.Refused("The credential waits for the organisation's agreement.");
        if (State is CredentialState.Revoked) return new Step.Refused("The credential was revoked before it was collected.");
        if (State is CredentialState.Suspended) return new Step.Refused("The credential is suspended.");
        CollectedAt ??= now;
        return Go(CredentialState.Collected, null, now);
    }

    /// <summary>Takes the credential out of force for a time.</summary>
    public Step Suspend(string reason, DateTimeOffset now) => State switch
    {
        CredentialState.Collected => Go(CredentialState.Suspended, reason, now),
        CredentialState.Offered or CredentialState.Awaiting => new Step.Refused("Nobody has collected this credential yet, so there is nothing to suspend."),
        CredentialState.Suspended => new Step.Refused("The credential is suspended already."),
        _ => new Step.Refused("The credential was revoked; that cannot be changed."),
    };

    /// <summary>Puts a suspended credential back in force.</summary>
    public Step Reinstate(DateTimeOffset now) => State switch
    {
        CredentialState.Suspended => Go(CredentialState.Collected, null, now),
        CredentialState.Revoked => new Step.Refused("The credential was revoked; that cannot be changed."),
        _ => new Step.Refused("The credential is not suspended."),
    };

    /// <summary>Ends the credential for ever.</summary>
    public Step Revoke(string reason, DateTimeOffset now) => State is CredentialState.Revoked
        ? new Step.Refused("The credential was revoked already.")
        : Go(CredentialState.Revoked, reason, now);

    private Step.Taken Go(CredentialState to, string? reason, DateTimeOffset now)
    {
        (State, StateReason, StateChangedAt) = (to, reason, now);
        Version++;
        return new Step.Taken();
    }
}
