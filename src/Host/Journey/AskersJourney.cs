using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Identity.Credentials.Compact;
using Identity.Credentials.Jose;
using Identity.Credentials.Types;
using Identity.Credentials.Verifiers;
using Identity.Wallet.Holder;

namespace Identity.Host.Journey;

/// <summary>Who asks: a registered employer is answered, an agency that asks for more than it is registered for and a stranger are not.</summary>
internal sealed class AskersJourney(DemonstrationOptions options, Stack stack, Steps steps)
{
    private static readonly TypeDefinition Qualification = TypeDefinition.Find("qualification")!;

    public async Task PlayAsync(PresentCredentials present, IReadOnlyList<CredentialCopy> held, CancellationToken ct)
    {
        using var desk = new Api(options.VerifierUrl, stack.DeskKey, options.Lan?.Own);
        var asked = await desk.PostAsync("/api/desk/requests", new JsonObject
        {
            ["purpose_id"] = "welder", ["type"] = "qualification", ["required"] = new JsonArray("holder_name", "title"), ["flow"] = "cross_device",
        }, ct);
        var (consent, refusal) = await present.ReviewAsync((string)asked["link"]!, held, ct);
        if (consent?.Asking is not { Standing: Standing.Registered, Verifier: { } employer, Purpose: { } purpose }) throw new JourneyException($"The wallet does not know the registered employer: {refusal}");
        var sent = await present.AnswerAsync(consent, held, ct);
        steps.Add(sent is Presented.Sent, $"The registered desk of {employer.Name} asks “{purpose.TextFor("en")}”", sent is Presented.Sent ? "the wallet names it and answers" : $"{sent}", $"{options.VerifierUrl}/desk");

        var more = Challenge("Sunline Recruitment", stack.Agency, "title", ["title", "result"]);
        steps.Add(Refuses(more, "more_than_registered", out var why), "An agency asks for more than it is registered for", why);

        using var stranger = Es256Key.Create();
        steps.Add(Refuses(Challenge("Ministry of Everything", stranger, "title", ["title"]), "unknown_verifier", out why), "A stranger calls itself a ministry", why);

        bool Refuses(string challenge, string expected, out string outcome)
        {
            var (answer, no) = present.AnswerKnown(challenge, held[4], []);
            outcome = no is null ? "answered" : $"the wallet refuses: {no.Reason} [{no.Code}]";
            return answer is null && no!.Code == expected;
        }
    }

    private static string Challenge(string name, Es256Key key, string purpose, IReadOnlyList<string> claims) => CompactChallenge.Create(
        RandomNumberGenerator.GetBytes(16), TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(), Qualification.Vct,
        [.. claims.Select(claim => Qualification.Claim(claim)!.Key)], [], "To propose a job", name, key, purpose).Text;
}
