using Identity.Issuer.Bulk;
using Identity.Issuer.Issuance;

namespace Identity.Issuer.Console;

/// <summary>The look of a state, as the design system names it.</summary>
internal static class Marks
{
    /// <summary>The last part of the keys of a state's texts.</summary>
    public static string Key<TState>(TState state) where TState : struct, Enum => state.ToString().ToLowerInvariant();

    public static string Of(CredentialState state) => state switch
    {
        CredentialState.Collected => "valid",
        CredentialState.Revoked or CredentialState.Returned => "invalid",
        CredentialState.Suspended or CredentialState.Awaiting => "unsure",
        _ => "",
    };

    public static string Of(BulkState state) => state switch
    {
        BulkState.Done => "valid",
        BulkState.Refused or BulkState.Returned => "invalid",
        BulkState.Cancelled => "",
        _ => "unsure",
    };
}
