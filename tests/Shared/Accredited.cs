using System.Security.Cryptography;
using Identity.Credentials.Accreditation;
using Identity.Credentials.Verdicts;

namespace Identity.Tests.Shared;

/// <summary>A ministry that may entitle to whatever there is, and what it granted.</summary>
internal static class Accredited
{
    public static readonly OrganisationRecord Ministry = new(SHA256.HashData("ministry"u8), "https://ministry.example", "Talmara Ministry of Education", "XT", true, "appeals@ministry.example");

    /// <summary>The ministry's own accreditation, number 1.</summary>
    public static AccreditationLink Root(DateTimeOffset since, OrganisationRecord? ministry = null) =>
        new(1, null, ministry ?? Ministry, AccreditationRight.Accredit, new Scope(null).Canonical(), since, null, null, since);

    /// <summary>To issue the types, under the ministry.</summary>
    public static AccreditationLink Issuer(OrganisationRecord holder, DateTimeOffset since, params string[] types) => Issuer(holder, since, new Scope(types));

    /// <summary>To issue what the scope says, under the ministry.</summary>
    public static AccreditationLink Issuer(OrganisationRecord holder, DateTimeOffset since, Scope scope, ulong number = 2) =>
        new(number, 1, holder, AccreditationRight.Issue, scope.Canonical(), since, null, null, since);

    /// <summary>Both, as a view gives them.</summary>
    public static IReadOnlyList<AccreditationChain> Chains(OrganisationRecord holder, DateTimeOffset since, params string[] types) => [new([Root(since), Issuer(holder, since, types)])];
}
