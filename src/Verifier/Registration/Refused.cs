using Identity.Credentials.Verifiers;
using Identity.Ledger.Registry;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Identity.Verifier.Registration;

/// <summary>Why something cannot be asked under an identity, as problem details with a <c>type</c> that programs can tell apart.</summary>
internal static class Refused
{
    /// <summary>The public page asks its own questions and no others.</summary>
    public static ProblemHttpResult? OnPublicPage(string? template, bool ownQuestion) => template is not null || !ownQuestion ? null
        : Problem("public_page_questions_only", "Only the questions of the public page",
            "On the public page nobody knows who asks, so it puts its own questions only (template). Other details can be asked at the desk of a registered verifier.");

    /// <summary>The desk asks within a purpose of its registration.</summary>
    public static ProblemHttpResult? AtDesk(VerifierRegistration? registration, string? purposeId, out VerifierPurpose? purpose)
    {
        purpose = registration?.Profile.Purpose(purposeId);
        if (registration is null) return Problem("not_registered", "Not registered", "The ledger holds no registration in force for this desk's keys. Wallets would refuse it.");
        return purpose is not null ? null
            : Problem("unknown_purpose", "No such purpose", $"Name one of the registered purposes in purpose_id: {string.Join(", ", registration.Profile.Purposes.Select(p => p.Id))}.");
    }

    /// <summary>More is asked than the purpose covers.</summary>
    public static ProblemHttpResult Beyond(VerifierPurpose purpose, string what) =>
        Problem("beyond_registration", "Beyond the registration", $"The registered purpose {purpose.Id} does not cover {what}.");

    private static ProblemHttpResult Problem(string code, string title, string detail) =>
        TypedResults.Problem(detail, statusCode: 403, title: title, type: $"urn:identity:problem:{code}");
}
