using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests;

/// <summary>Good requests with one part damaged: every member removed, doubled or replaced by something odd. Nothing a client sends may be a fault.</summary>
public sealed class DamagedRequestTests(IssuerFixture issuer) : IClassFixture<IssuerFixture>
{
    private static readonly string[] Odd =
    [
        "null", "true", "0", "-1", "1e400", "1.5", "\"\"", "\"\\u0000\"", "\"\\ud800\"", "[]", "{}", "[[[[[[[[]]]]]]]]", "[null]", "{\"\":null}", "{\"a\":1,\"a\":2}", "99999999999999999999", $"\"{new string('x', 5000)}\"",
    ];

    [Fact]
    public async Task A_damaged_credential_request_is_refused_by_the_protocol()
    {
        using var key = Es256Key.Create();
        var token = await issuer.AccessToken(await issuer.Prepare());
        var good = Request([issuer.Proof(key, await issuer.Nonce())]).ToJsonString();

        foreach (var body in Damage(good))
        {
            var answer = await issuer.Credential(token, new StringContent(body, Encoding.UTF8, "application/json"));
            Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{(int)answer.StatusCode} for {body[..Math.Min(200, body.Length)]}");
            Assert.NotEmpty(await Error(answer));
        }
        Assert.Equal(HttpStatusCode.OK, (await issuer.Credential(token, new StringContent(good, Encoding.UTF8, "application/json"))).StatusCode);
    }

    [Fact]
    public async Task A_damaged_proof_is_refused_by_the_protocol()
    {
        using var key = Es256Key.Create();
        var token = await issuer.AccessToken(await issuer.Prepare());
        var nonce = await issuer.Nonce();
        var parts = issuer.Proof(key, nonce).Split('.');
        var (header, payload) = (Text(parts[0]), Text(parts[1]));

        var proofs = Damage(header).Select(h => Signed(h, payload)).Concat(Damage(payload).Select(p => Signed(header, p)));
        foreach (var proof in proofs)
        {
            var error = await Error(await issuer.Credential(token, Request([proof])));
            Assert.Contains(error, new[] { "invalid_proof", "invalid_nonce" });
        }

        string Signed(string h, string p)
        {
            var input = $"{Base64Url.Encode(Encoding.UTF8.GetBytes(h))}.{Base64Url.Encode(Encoding.UTF8.GetBytes(p))}";
            return $"{input}.{Base64Url.Encode(key.Sign(Encoding.ASCII.GetBytes(input)))}";
        }

        static string Text(string part) => Base64Url.TryDecode(part, out var bytes) ? Encoding.UTF8.GetString(bytes) : throw new InvalidOperationException();
    }

    [Fact]
    public async Task A_damaged_management_request_is_accepted_or_refused_and_never_a_fault()
    {
        var good = new JsonObject { ["type"] = "qualification", ["reference"] = "R", ["claims"] = Diploma() }.ToJsonString();

        var number = 0;
        foreach (var body in Damage(good))
        {
            var request = new HttpRequestMessage(HttpMethod.Post, $"/api/{College}/credentials") { Content = new StringContent(body.Replace("\"R\"", $"\"R-{++number}\"", StringComparison.Ordinal), Encoding.UTF8, "application/json") };
            request.Headers.Add("X-Api-Key", issuer.ApiKey(College));
            var answer = await issuer.Http.SendAsync(request);
            Assert.True(answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Created or HttpStatusCode.Conflict, $"{(int)answer.StatusCode} for {body[..Math.Min(200, body.Length)]}");
        }
    }

    // Works on the text, so that it can make JSON that no writer would.
    private static IEnumerable<string> Damage(string good)
    {
        foreach (var (start, end) in Values(JsonNode.Parse(good)!, good))
            foreach (var odd in Odd) yield return good[..start] + odd + good[end..];
        yield return good[..^1];
        yield return good + "x";
        yield return good + good;
        yield return good[..^1] + "," + good[1..];
        yield return "\uFEFF" + good;
    }

    // Where each value of the top two levels stands in the text.
    private static IEnumerable<(int Start, int End)> Values(JsonNode root, string text)
    {
        foreach (var (name, value) in root.AsObject())
        {
            var json = value!.ToJsonString();
            var start = text.IndexOf($"\"{name}\":{json}", StringComparison.Ordinal) + name.Length + 3;
            yield return (start, start + json.Length);
            if (value is not JsonObject inner) continue;
            foreach (var (innerName, innerValue) in inner)
            {
                var innerJson = innerValue!.ToJsonString();
                var innerStart = text.IndexOf($"\"{innerName}\":{innerJson}", start, StringComparison.Ordinal) + innerName.Length + 3;
                yield return (innerStart, innerStart + innerJson.Length);
            }
        }
    }
}
