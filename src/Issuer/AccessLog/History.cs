using Identity.Issuer.Data;
using Identity.Issuer.Issuance;

namespace Identity.Issuer.AccessLog;

/// <summary>Writes what happened into the unit of work of the act itself, so that neither exists without the other.</summary>
public static class History
{
    /// <summary>An act on a credential: into its history, with the reason, and into the access log, without it. The caller saves.</summary>
    public static void Record(this IssuerDb db, string organisation, string credentialId, Actor actor, string act, DateTimeOffset now, string? reason = null)
    {
        db.Events.Add(new CredentialEvent { CredentialId = credentialId, At = now, Actor = actor.ToString(), Act = act, Reason = reason });
        db.Log(organisation, credentialId, actor, act, now);
    }

    /// <summary>A line of the access log alone: a reading, or an act on no record. The caller saves.</summary>
    public static void Log(this IssuerDb db, string organisation, string? credentialId, Actor actor, string act, DateTimeOffset now, string? why = null) =>
        db.AccessLog.Add(new AccessEntry { Organisation = organisation, CredentialId = credentialId, At = now, Actor = actor.ToString(), Role = actor.RoleFor(act), Act = act, Why = why });
}
