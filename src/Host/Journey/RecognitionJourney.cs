using System.Text.Json.Nodes;
using Identity.Host.Seed;
using Identity.Hosting;
using Identity.Wallet.Holder;

namespace Identity.Host.Journey;

/// <summary>A recognition body asks for the diploma, decides, and issues a statement that fits this diploma and no other; an employer asks for both.</summary>
internal sealed class RecognitionJourney(DemonstrationOptions options, string apiKey, Steps steps)
{
    private static readonly string Cases = $"/api/{Cast.Centre}/recognition";

    private string? _undecided;

    /// <summary>What the centre sees of the request that it has not decided, once the qualification was revoked.</summary>
    public async Task LookAgainAsync(CancellationToken ct)
    {
        using var centre = new Api(options.IssuerUrl, apiKey, options.Lan?.Own);
        var looked = await centre.PostAsync($"{Cases}/{_undecided}/status", [], ct);
        steps.Add((string?)looked["status"] == "revoked", "The Norvia Recognition Centre looks again before it decides on a second request", $"{looked["status"]}, as of {looked["asOf"]}: it can no longer be recognised", $"{options.IssuerUrl}/console/recognition/{_undecided}");
    }

    public async Task PlayAsync(ReceiveCredentials receive, PresentCredentials present, Api verifier, IReadOnlyList<CredentialCopy> diploma, CancellationToken ct)
    {
        using var centre = new Api(options.IssuerUrl, apiKey, options.Lan?.Own);
        var opened = await centre.PostAsync(Cases, new JsonObject { ["reference"] = $"NRC-{Guid.NewGuid().ToString("n")[..8]}" }, ct);
        await PlayJourney.AnswerAsync(present, (string)opened["link"]!, diploma, ct);
        var shown = await centre.GetAsync($"{Cases}/{opened["id"]}", ct);
        var verdict = shown["verdict"]?.AsObject() ?? throw new JourneyException($"No verdict in the case: {shown}");
        steps.Add(PlayJourney.Is(verdict, "valid", "valid"), "The Norvia Recognition Centre asks for the diploma", PlayJourney.Words(verdict), $"{options.IssuerUrl}/console/recognition");

        // A second request is still being thought about when the college revokes the diploma.
        var other = await centre.PostAsync(Cases, new JsonObject { ["reference"] = $"NRC-{Guid.NewGuid().ToString("n")[..8]}" }, ct);
        await PlayJourney.AnswerAsync(present, (string)other["link"]!, diploma, ct);
        _undecided = (string)other["id"]!;
        await centre.GetAsync($"{Cases}/{_undecided}", ct);

        var made = await centre.PostAsync($"{Cases}/{opened["id"]}/statement", new JsonObject
        {
            ["claims"] = new JsonObject
            {
                ["outcome"] = "full", ["outcome_type"] = "statement", ["level_national"] = "Norvia framework, level 4", ["level_eqf"] = 4,
                ["reasons"] = "Level, workload and outcomes agree with the Norvian journeyman certificate in welding.", ["appeal"] = "In writing within 30 days to appeals@norvia-recognition.example",
            },
        }, ct);
        var offer = made["offer"]!.AsObject();
        var received = await receive.FromOfferAsync((string)offer["link"]!, (string?)offer["txCode"], 2, ct);
        if (received is not Reception.Received { Copies: var statement }) throw new JourneyException($"The wallet was refused: {((Reception.Refused)received).Why}");
        steps.Add(true, "An evaluator decides and the wallet receives the statement of comparability", "recognised in full, tied to the diploma by a salted digest", (string?)offer["walletLink"]);

        await PlayJourney.WaitAsync(() => verifier.PostAsync("/api/check", new JsonObject { ["credential"] = statement[0].SdJwt }, ct), "not_anchored", ct);
        var asked = await verifier.PostAsync("/api/requests", new JsonObject { ["template"] = "recognition", ["flow"] = "cross_device" }, ct);
        await PlayJourney.AnswerAsync(present, (string)asked["link"]!, [.. diploma, .. statement], ct);
        var result = await verifier.GetAsync($"/api/requests/{asked["id"]}", ct);
        var link = (string?)result["links"]?[0]?["result"];
        steps.Add((string?)result["outcome"] == "valid" && link == "linked", "An employer asks for both", link is null ? $"{result}" : Strings.For("en")[$"verifier.link.{link}"], $"{options.VerifierUrl}/ask");
    }
}
