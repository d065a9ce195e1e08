using System.Diagnostics;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.Verdicts;

namespace Identity.Benchmarks.Checking;

/// <summary>
/// <c>check-http</c>: a file is posted to the running Verifier and its verdict comes back; <c>check-http-answer</c>: a wallet's encrypted answer to a request is
/// posted, opened and judged. Four connections of a client that does next to nothing share this machine's cores with the server; the bound is the same verdict in process on one of them.
/// </summary>
internal sealed class CheckHttp : IBenchmark
{
    private const int Clients = 4;

    public string Name => "check-http";

    public async Task<IReadOnlyList<Result>> RunAsync(bool quick)
    {
        await using var desk = await Desk.OpenAsync();
        var diplomas = Enumerable.Range(0, 64).Select(i => Diplomas.Issue(desk.Register, 6, i)).ToArray();
        var turn = 0;
        var (file, online) = (new Expectations.File(), new Expectations.Online(VerifySdJwtVc.Nonce, VerifySdJwtVc.Audience));
        double InProcess(string[] texts, Expectations expectations) =>
            Measure.PerSecond(quick, () => Measure.Use(VerdictEngine.Check(texts[turn++ % texts.Length], expectations, desk.Register, desk.Register.Now).Reason == ReasonCode.Valid));

        var files = await FilesAsync(desk, [.. diplomas.Select(diploma => diploma.Text)], quick);
        var alone = InProcess([.. diplomas.Select(diploma => diploma.Text)], file);
        var answers = await AnswersAsync(desk, diplomas, quick);
        // Shown now: a presentation that is minutes old is refused.
        var bound = InProcess([.. diplomas.Select(diploma => diploma.Present(VerifySdJwtVc.Audience, VerifySdJwtVc.Nonce))], online);
        return
        [
            new Result(Name, files.Rate, "verdicts/s", files.Rate / alone, "the same verdict in process, one thread", 0.5),
            new Result(Name + "-p50", files.Half, "ms"),
            new Result(Name + "-p99", files.Almost, "ms", files.Half / files.Almost, "the median", 0.1),
            new Result(Name + "-answer", answers.Rate, "verdicts/s", answers.Rate / bound, "the same verdict in process, one thread"),
            new Result(Name + "-answer-p50", answers.Half, "ms"),
        ];
    }

    private static Task<Load> FilesAsync(Desk desk, string[] texts, bool quick)
    {
        var requests = texts.Select(text => PlainHttp.Post(desk.Url, "/api/check", "application/json", new JsonObject { ["credential"] = text }.ToJsonString())).ToArray();
        return LoadAsync(desk, [.. Enumerable.Range(0, Measure.Of(40_000, 10_000, quick)).Select(i => requests[i % requests.Length])], "\"outcome\":\"valid\"");
    }

    // Asking and fetching come before the clock starts: what counts is the answer.
    private static async Task<Load> AnswersAsync(Desk desk, Diploma[] diplomas, bool quick)
    {
        var answers = new List<(string Address, string Jwe)>();
        for (var i = 0; i < Measure.Of(4_000, 1_000, quick); i++)
        {
            using var asked = await desk.Http.PostAsJsonAsync("/api/requests", new JsonObject { ["template"] = "diploma" });
            var created = (await asked.Content.ReadFromJsonAsync<JsonObject>())!;
            if (!Jws.TryParse(await desk.Http.GetStringAsync(new Uri((string)created["requestUri"]!)), out var request, out var reason)) throw new InvalidOperationException(reason);
            var text = diplomas[i % diplomas.Length].Present((string)request.Payload["client_id"]!, (string)request.Payload["nonce"]!, "holder_name", "title", "kind", "awarded_on");
            Jwk.TryParse(request.Payload["client_metadata"]!["jwks"]!["keys"]![0], out var key, out _);
            var payload = new JsonObject { ["state"] = (string)request.Payload["state"]!, ["vp_token"] = new JsonObject { ["qualification"] = new JsonArray(text) } };
            answers.Add(((string)request.Payload["response_uri"]!, Jwe.Encrypt(Encoding.UTF8.GetBytes(payload.ToJsonString()), key!, "A128GCM", RandomNumberGenerator.Fill)));
            if (i == 0) await SeenAsValidAsync(desk, created, answers);
        }
        return await LoadAsync(desk, [.. answers.Select(a => PlainHttp.Post(desk.Url, new Uri(a.Address).AbsolutePath, "application/x-www-form-urlencoded", $"response={a.Jwe}"))], "\"receipts\":[\"");
    }

    // The first answer's verdict is looked at, as the desk would.
    private static async Task SeenAsValidAsync(Desk desk, JsonObject created, List<(string Address, string Jwe)> answers)
    {
        using var answer = await desk.Http.PostAsync(answers[0].Address, new FormUrlEncodedContent([new("response", answers[0].Jwe)]));
        var result = await desk.Http.GetFromJsonAsync<JsonObject>($"/api/requests/{created["id"]}");
        if ((string?)result?["outcome"] != "valid") throw new InvalidOperationException($"The answer is not valid: {result?.ToJsonString()}");
        answers.Clear();
    }

    private static async Task<Load> LoadAsync(Desk desk, byte[][] requests, string expected)
    {
        var (next, times, answer) = (-1, new double[requests.Length], Encoding.UTF8.GetBytes(expected));
        // The first third warms up.
        var (begin, rate) = (requests.Length / 3, new Stopwatch());
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(async () =>
        {
            using var client = new PlainHttp(desk.Url);
            await client.ConnectAsync();
            for (var i = Interlocked.Increment(ref next); i < requests.Length; i = Interlocked.Increment(ref next))
            {
                if (i == begin) rate.Start();
                var clock = Stopwatch.GetTimestamp();
                await client.SendAsync(requests[i], answer);
                times[i] = Stopwatch.GetElapsedTime(clock).TotalMilliseconds;
            }
        })));
        var later = times[begin..].Order().ToArray();
        return new Load(later.Length / rate.Elapsed.TotalSeconds, later[later.Length / 2], later[later.Length * 99 / 100]);
    }

    private sealed record Load(double Rate, double Half, double Almost);
}
