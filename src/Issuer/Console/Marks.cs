using Identity.Issuer.Bulk;
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

    public static string Of(BulkState state) => state switch
    {
        BulkState.Done => "valid",
        BulkState.Refused => "invalid",
        BulkState.Cancelled => "",
        _ => "unsure",
    };
}
