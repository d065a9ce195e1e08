using System.Text.Json.Nodes;
using Identity.Credentials.Receipts;
using Identity.TestKit;

namespace Identity.Credentials.Tests;

/// <summary>tests/vectors/receipt, made by the browser code (src/web/lib/receipt/vectors.test.ts): both libraries take and refuse the same receipts.</summary>
public sealed class ReceiptVectorTests
{
    [Fact]
    public void Receipts_are_accepted_and_refused_as_stated()
    {
        var vectors = JsonNode.Parse(File.ReadAllText(Checkout.Vector("receipt/receipts.json")))!["vectors"]!.AsArray();
        Assert.NotEmpty(vectors);
        foreach (var vector in vectors)
        {
            var taken = CheckReceipt.TryRead((string)vector!["text"]!, out var receipt, out _, out var reason);
            Assert.True(taken == ((string)vector["expected"]! == "accept"), $"{vector["name"]}: {reason}");
            if (!taken) continue;

            var payload = vector["payload"]!;
            Assert.Equal(((string)payload["iss"]!, (string)payload["jti"]!, (long)payload["checked_at"]!, (string)payload["outcome"]!, (string?)payload["purpose"]),
                (receipt!.Verifier, receipt.Id, receipt.CheckedAt.ToUnixTimeSeconds(), receipt.Outcome, receipt.Purpose));
            Assert.Equal(payload["shown"]!.AsArray().Select(n => (string)n!), receipt.Shown);
        }
    }
}
