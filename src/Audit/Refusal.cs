using Microsoft.AspNetCore.Http.HttpResults;

namespace Identity.Audit;

/// <summary>Why something was not done.</summary>
/// <param name="Status">The status of HTTP.</param>
/// <param name="Error">For programs.</param>
/// <param name="Detail">For people.</param>
internal sealed record Refusal(int Status, string Error, string Detail)
{
    public static Refusal EngagementUnknown { get; } = new(404, "engagement_unknown", "This engagement is not known here.");

    public static Refusal EngagementOver { get; } = new(410, "engagement_over", "This engagement is over.");

    public static Refusal BundleUnknown { get; } = new(404, "bundle_unknown", "There is no such bundle, or the token is not its own.");

    /// <param name="status">404 for a question about the code, 403 for its use.</param>
    public static Refusal VoucherUnknown(int status) => new(status, "voucher_unknown", "This code is not known here. Compare it with the paper, or ask who gave it to you.");

    /// <summary>As problem details with a member <c>error</c>.</summary>
    public ProblemHttpResult ToProblem() => TypedResults.Problem(Detail, statusCode: Status, title: "Not done", extensions: new Dictionary<string, object?> { ["error"] = Error });
}
