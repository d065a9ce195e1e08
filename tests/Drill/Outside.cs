using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Web;
using Identity.Credentials;
using Identity.Credentials.Compact;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;

namespace Identity.Drill;

/// <summary>Everybody who speaks to the Issuer over HTTP: the college's software, holders, and readers of the status lists. Each stops when the Issuer no longer answers.</summary>
internal sealed class Outside(HttpClient http, string issuer, string organisation, Book book)
{
    private const string Type = "qualification";
    private const string Compact = "qualification-compact";

    public required string ApiKey { get; init; }

    /// <summary>Prepares credentials and collects each in both formats, one after the other, until the Issuer is gone.</summary>
    public Task IssueAsync(Random random, CancellationToken ct) => UntilGoneAsync(async () =>
    {
        var prepared = await ApiAsync(HttpMethod.Post, "", Diploma(random.Next()), ct);
        if (prepared is null) return;
        var id = (string)prepared["id"]!;
        book.Prepared[id] = 0;
        var offer = JsonNode.Parse(HttpUtility.ParseQueryString(new Uri((string)prepared["offer"]!["byValueLink"]!).Query)["credential_offer"]!)!;
        var code = (string)offer["grants"]!["urn:ietf:params:oauth:grant-type:pre-authorized_code"]!["pre-authorized_code"]!;
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "urn:ietf:params:oauth:grant-type:pre-authorized_code", ["pre-authorized_code"] = code, ["tx_code"] = (string)prepared["offer"]!["txCode"]!,
        });
        var token = await ReadAsync(await http.PostAsync($"{issuer}/token", form, ct), "token", ct);
        if (token is null) return;

        var keys = Enumerable.Range(0, random.Next(2, 5)).Select(_ => Es256Key.Create()).ToList();
        var first = new Attempt(id, (string)token["access_token"]!, DateTimeOffset.UtcNow.AddMinutes(4), Type, keys);
        if (await CollectAsync(first, ct) && await CollectAsync(first with { Configuration = Compact }, ct)) book.Free.Enqueue(new Standing(id, "Collected"));
    });

    /// <summary>Suspends, reinstates and revokes what was collected.</summary>
    public Task EndAsync(Random random, CancellationToken ct) => UntilGoneAsync(async () =>
    {
        if (!book.Free.TryDequeue(out var one))
        {
            await Task.Delay(20, ct);
            return;
        }
        var (method, path, after) = one.State switch
        {
            "Collected" when random.Next(3) == 0 => (HttpMethod.Post, "revocation", "Revoked"),
            "Collected" => (HttpMethod.Post, "suspension", "Suspended"),
            "Suspended" when random.Next(3) == 0 => (HttpMethod.Post, "revocation", "Revoked"),
            _ => (HttpMethod.Delete, "suspension", "Collected"),
        };
        JsonObject? answer;
        try
        {
            answer = await ApiAsync(method, $"/{one.Credential}/{path}", method == HttpMethod.Post ? new JsonObject { ["reason"] = "Drill" } : null, ct);
        }
        catch
        {
            book.Doubts.Enqueue(new Doubt(one.Credential, one.State, after));
            throw;
        }
        if (answer is null) return;
        book.Changed();
        if (after != "Revoked") book.Free.Enqueue(one with { State = after });
    });

    /// <summary>Reads status lists as verifiers do.</summary>
    public Task ReadListsAsync(CancellationToken ct) => UntilGoneAsync(async () =>
    {
        if (await ListAsync(1, ct) is null) await Task.Delay(50, ct);
    });

    /// <summary>The newest token of a list, or null where there is none.</summary>
    public async Task<string?> ListAsync(int number, CancellationToken ct)
    {
        var answer = await http.GetAsync($"{issuer}/status/{number}", ct);
        if (answer.StatusCode == HttpStatusCode.NotFound) return null;
        var text = await answer.Content.ReadAsStringAsync(ct);
        if (!answer.IsSuccessStatusCode)
        {
            Bad("status list", answer, text);
            return null;
        }
        book.ShownLists[Convert.ToHexStringLower(Entry.OfJwt(text))] = 0;
        return text;
    }

    /// <summary>Asks again for what was asked before a kill, with the same keys: it must be handed out, once.</summary>
    public async Task AskAgainAsync(CancellationToken ct)
    {
        for (var left = book.Unanswered.Count; left > 0 && book.Unanswered.TryDequeue(out var attempt); left--)
        {
            if (DateTimeOffset.UtcNow >= attempt.TokenEnds) continue; // a slow machine: the holder asks for a new offer
            book.AskedAgain();
            if (await CollectAsync(attempt, ct) && attempt.Configuration == Type && await CollectAsync(attempt with { Configuration = Compact }, ct))
                book.Free.Enqueue(new Standing(attempt.Credential, "Collected"));
        }
    }

    private async Task<bool> CollectAsync(Attempt attempt, CancellationToken ct)
    {
        JsonObject? answer;
        try
        {
            var nonce = (string)(await ReadAsync(await http.PostAsync($"{issuer}/nonce", null, ct), "nonce", ct))!["c_nonce"]!;
            using var request = new HttpRequestMessage(HttpMethod.Post, $"{issuer}/credential")
            {
                Content = JsonContent.Create(new JsonObject
                {
                    ["credential_configuration_id"] = attempt.Configuration,
                    ["proofs"] = new JsonObject { ["jwt"] = new JsonArray([.. attempt.Keys.Select(key => (JsonNode)Proof(key, nonce))]) },
                }),
                Headers = { Authorization = new AuthenticationHeaderValue("Bearer", attempt.Token) },
            };
            answer = await ReadAsync(await http.SendAsync(request, ct), attempt.Configuration, ct);
        }
        catch
        {
            book.Unanswered.Enqueue(attempt);
            throw;
        }
        if (answer is null) return false;
        foreach (var credential in answer["credentials"]!.AsArray()) Keep(attempt, (string)credential!["credential"]!);
        return true;
    }

    private void Keep(Attempt attempt, string text)
    {
        var (entry, list, index) = attempt.Configuration == Compact ? OfCompact(text) : OfSdJwt(text);
        book.Copies[Convert.ToHexStringLower(entry)] = new Copy(attempt.Credential, list, index);
    }

    private static (byte[] Entry, int List, int Index) OfSdJwt(string text)
    {
        if (!SdJwtVc.TryParse(text, out var vc, out var reason)) throw new InvalidOperationException(reason);
        return (Entry.OfJwt(vc.Document.Jwt.Compact), int.Parse(vc.Status!.Uri[(vc.Status.Uri.LastIndexOf('/') + 1)..], System.Globalization.CultureInfo.InvariantCulture), (int)vc.Status.Index);
    }

    private static (byte[] Entry, int List, int Index) OfCompact(string text)
    {
        if (!Base64Url.TryDecode(text, out var bytes) || !CompactCredential.TryDecode(bytes, out var compact, out _)) throw new InvalidOperationException("The compact credential cannot be read.");
        return (compact!.Issuer.LogEntry, compact.Issuer.List, compact.Issuer.Index);
    }

    private string Proof(Es256Key key, string nonce) => Jws.Sign(
        new JsonObject { ["typ"] = "openid4vci-proof+jwt", ["alg"] = key.Algorithm, ["jwk"] = key.PublicKey.ToJson() },
        new JsonObject { ["aud"] = issuer, ["iat"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds(), ["nonce"] = nonce }, key);

    private async Task<JsonObject?> ApiAsync(HttpMethod method, string path, JsonObject? body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, $"/api/{organisation}/credentials{path}") { Content = body is null ? null : JsonContent.Create(body), Headers = { { "X-Api-Key", ApiKey } } };
        return await ReadAsync(await http.SendAsync(request, ct), $"{method} {path}", ct);
    }

    private async Task<JsonObject?> ReadAsync(HttpResponseMessage answer, string what, CancellationToken ct)
    {
        var text = await answer.Content.ReadAsStringAsync(ct);
        if (answer.IsSuccessStatusCode) return JsonNode.Parse(text)!.AsObject();
        Bad(what, answer, text);
        return null;
    }

    private void Bad(string what, HttpResponseMessage answer, string text) => book.BadAnswers.Enqueue($"{what} was answered {(int)answer.StatusCode}: {text}");

    private static async Task UntilGoneAsync(Func<Task> step)
    {
        try
        {
            while (true) await step();
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException or SocketException or OperationCanceledException)
        {
            // Killed, or the round is over. A connection that ends while the client looks at its other end comes as it is.
        }
    }

    private static JsonObject Diploma(int number) => new()
    {
        ["type"] = Type, ["reference"] = $"DRILL-{number}",
        ["claims"] = new JsonObject
        {
            ["holder_name"] = "Amina Okoye-Reyes", ["title"] = "Diploma in Welding", ["kind"] = "diploma", ["occupation"] = "7212",
            ["level_eqf"] = 4, ["awarded_on"] = "2024-06-28", ["awarding_body"] = "Port Selin Technical College", ["awarding_country"] = "XT", ["origin"] = "original",
        },
    };
}
