using Identity.Issuer.Authorization;

namespace Identity.Issuer.Offers;

/// <summary>
/// Which grants this deployment's offers carry. Setting <c>Offers:Grants</c>: <c>both</c> (the default), <c>pre-authorized_code</c> or
/// <c>authorization_code</c>. Offers, endpoints and metadata follow it together.
/// </summary>
public sealed class OfferGrants
{
    /// <summary>Reads the setting.</summary>
    /// <exception cref="InvalidOperationException">The setting has another value.</exception>
    public OfferGrants(IConfiguration configuration)
    {
        var setting = configuration["Offers:Grants"] is { Length: > 0 } text ? text : "both";
        (PreAuthorized, Code) = setting switch
        {
            "both" => (true, true),
            "pre-authorized_code" => (true, false),
            "authorization_code" => (false, true),
            _ => throw new InvalidOperationException("Set Offers:Grants to both, pre-authorized_code or authorization_code."),
        };
        Supported = [.. PreAuthorized ? new[] { TokenEndpoint.PreAuthorizedGrant } : [], .. Code ? new[] { TokenEndpoint.CodeGrant } : [], TokenEndpoint.RefreshGrant];
    }

    /// <summary>Offers hold a pre-authorized code.</summary>
    public bool PreAuthorized { get; }

    /// <summary>Offers can be taken by the authorization code flow.</summary>
    public bool Code { get; }

    /// <summary>The grant types of the token endpoint.</summary>
    public IReadOnlyList<string> Supported { get; }
}
