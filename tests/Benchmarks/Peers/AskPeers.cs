using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Benchmarks.Checking;
using Identity.TestKit;

namespace Identity.Benchmarks.Peers;

/// <summary>
/// <c>peers</c>: the same work by public npm packages in one Node process: an SD-JWT VC with key binding verified (signatures, digests, nonce; neither trust nor ledger nor status), issued, and one
/// JWS verified. The issuer's key is kept, the holder's imported each time.
/// </summary>
internal sealed class AskPeers : IBenchmark
{
    public string Name => "peers";

    public async Task<IReadOnlyList<Result>> RunAsync(bool quick)
    {
        var tests = Path.Combine(Checkout.Root, "tests");
        if (!Directory.Exists(Path.Combine(tests, "node_modules", "jose"))) return this.Skipped("Their packages are not installed: run “npm ci --ignore-scripts” in tests/.");
        var register = new Register("http://localhost:5001/bench");
        JsonArray Shown(int claims) => new([.. Enumerable.Range(0, 16).Select(i => (JsonNode)Diplomas.Issue(register, claims, i).Present(VerifySdJwtVc.Audience, VerifySdJwtVc.Nonce))]);
        var parameters = register.Key.Raw.ExportParameters(true);
        var secret = register.Key.PublicKey.ToJson();
        secret["d"] = Credentials.Jose.Base64Url.Encode(parameters.D!);
        var question = new JsonObject
        {
            ["milliseconds"] = Measure.Smoke ? 20 : quick ? 1500 : 5000, ["nonce"] = VerifySdJwtVc.Nonce, ["issuer"] = register.Key.PublicKey.ToJson(), ["secret"] = secret,
            ["shown6"] = Shown(6), ["shown12"] = Shown(12), ["claims"] = Diplomas.Claims(6),
        };
        var answer = await AskAsync(Path.Combine(tests, "Benchmarks", "Peers", "peers.mjs"), question.ToJsonString());
        return [.. answer.Select(peer => new Result($"peer-{peer.Key}", 1e6 / (double)peer.Value!, "µs"))];
    }

    private static async Task<JsonObject> AskAsync(string script, string question)
    {
        using var process = Process.Start(new ProcessStartInfo("node", [script]) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false })!;
        await process.StandardInput.WriteAsync(question);
        process.StandardInput.Close();
        var answer = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? JsonSerializer.Deserialize<JsonObject>(answer)! : throw new InvalidOperationException("The peers' script failed.");
    }
}
