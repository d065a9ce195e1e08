using Identity.Credentials.Types;

namespace Identity.Credentials.Verifiers;

/// <summary>Which asked claims start switched off, and the order in which they are put to a person. The browser's rule is the same (tests/vectors/asking).</summary>
public static class ConsentDefaults
{
    /// <summary>
    /// Claims that go only by a deliberate yes: sensitive ones (nationality, legal status and the like), those beyond the verifier's
    /// registration, and those that a derived yes or no (18 or older) makes unnecessary, where the request accepts either.
    /// </summary>
    /// <param name="type">The type; claims it does not know are left on.</param>
    /// <param name="asked">Claims asked for, with whether the request accepts an answer without it.</param>
    /// <param name="extra">Claims beyond the registration.</param>
    public static IReadOnlySet<string> Off(TypeDefinition? type, IReadOnlyList<(string Claim, bool Optional)> asked, IReadOnlyCollection<string> extra)
    {
        var derivedFrom = asked.Select(a => type?.Claim(a.Claim)?.DerivedFrom).OfType<string>().ToHashSet(StringComparer.Ordinal);
        return asked.Where(a => type?.Claim(a.Claim)?.Sensitive == true || extra.Contains(a.Claim) || (a.Optional && derivedFrom.Contains(a.Claim)))
            .Select(a => a.Claim).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Derived answers first, then what is on, then what is off; otherwise as asked.</summary>
    public static IReadOnlyList<string> Order(TypeDefinition? type, IReadOnlyList<(string Claim, bool Optional)> asked, IReadOnlySet<string> off) =>
        [.. asked.Select(a => a.Claim).OrderBy(claim => off.Contains(claim) ? 2 : type?.Claim(claim)?.Derived is null ? 1 : 0)];
}
