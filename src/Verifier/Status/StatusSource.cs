using Identity.Credentials.Accreditation;
using Identity.Credentials.Verdicts;

namespace Identity.Verifier.Status;

/// <summary>A place that may have a status list.</summary>
/// <param name="Address">Where to ask.</param>
/// <param name="IsMirror">Somebody else's copy, who may have fetched it long ago.</param>
internal sealed record StatusSource(Uri Address, bool IsMirror)
{
    /// <summary>
    /// The list's own address; of an organisation that was closed first its depositary once it has accepted (<c>{issuer of the depositary}/deposits/{id of the closed one}/status/{n}</c>), then other
    /// mirrors (<c>{mirror}/mirror/status?uri=</c>), and the old address last, which somebody else may have by now.
    /// </summary>
    public static IEnumerable<StatusSource> Of(string uri, OrganisationRecord issuer, ClosingRecord? closing, IReadOnlyList<Uri> mirrors)
    {
        if (!Uri.TryCreate(uri, UriKind.Absolute, out var own)) yield break;
        if (closing is not null)
        {
            if (closing is { Depositary: { } depositary, AcceptedAt: not null } && Number(uri, issuer) is { } number
                && Uri.TryCreate($"{depositary.Issuer}/deposits/{Convert.ToHexStringLower(issuer.Id)}/status/{number}", UriKind.Absolute, out var kept)) yield return new StatusSource(kept, false);
            foreach (var mirror in mirrors) yield return new StatusSource(new Uri($"{mirror.AbsoluteUri.TrimEnd('/')}/mirror/status?uri={Uri.EscapeDataString(uri)}"), true);
        }
        yield return new StatusSource(own, false);
    }

    /// <summary>Who may have the last list of an organisation that was closed, once another has taken over: mirrors (<c>{mirror}/mirror/status?uri=…&amp;final=true</c>), then the old address.</summary>
    public static IEnumerable<StatusSource> OfFinal(string uri, IReadOnlyList<Uri> mirrors)
    {
        foreach (var mirror in mirrors) yield return new StatusSource(new Uri($"{mirror.AbsoluteUri.TrimEnd('/')}/mirror/status?uri={Uri.EscapeDataString(uri)}&final=true"), true);
        if (Uri.TryCreate(uri, UriKind.Absolute, out var own)) yield return new StatusSource(own, false);
    }

    // Lists are numbered under the issuer's own address; what stands elsewhere the depositary does not have.
    private static string? Number(string uri, OrganisationRecord issuer) =>
        uri.StartsWith($"{issuer.Issuer}/status/", StringComparison.Ordinal) && uri[(issuer.Issuer.Length + "/status/".Length)..] is { Length: >= 1 and <= 9 } number && number.All(char.IsAsciiDigit) ? number : null;
}
