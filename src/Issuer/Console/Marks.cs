using Identity.Issuer.Issuance;

namespace Identity.Issuer.Console;

/// <summary>The look of a state, as the design system names it.</summary>
internal static class Marks
{
    public static string Of(CredentialState state) => state switch
    {
        CredentialState.Collected => "valid",
        CredentialState.Revoked => "invalid",
        CredentialState.Suspended or CredentialState.Awaiting => "unsure",
        _ => "",
    };
}
