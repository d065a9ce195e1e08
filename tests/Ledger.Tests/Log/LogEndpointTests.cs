using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Identity.Credentials.Transparency;
using Identity.Ledger.Registry;
using Identity.Ledger.Tests.Anchoring;

namespace Identity.Ledger.Tests.Log;

public class LogEndpointTests
{
    [Fact]
    public async Task The_checkpoint_is_served_to_every_origin_and_never_kept()
    {
        using var log = new TestLog(LogSite.FreeOrigin());
        await using var site = await LogSite.ServeAsync(log);
        Assert.Equal(HttpStatusCode.NotFound, (await site.Http.GetAsync("checkpoint")).StatusCode);
        await log.AppendAsync(1, 2, 3);
        await log.RoundAsync();

        var request = new HttpRequestMessage(HttpMethod.Get, "checkpoint");
        request.Headers.Add("Origin", "https://verifier.example");
        var answer = await site.Http.SendAsync(request);

        Assert.Equal("text/plain; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal("no-cache", answer.Headers.CacheControl!.ToString());
        Assert.Equal("*", answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.True(Checkpoint.TryParse(await answer.Content.ReadAsStringAsync(), out var checkpoint, out _));
        Assert.True(checkpoint!.Verify(log.Name, log.Key.PublicBytes));
        Assert.Equal(3, checkpoint.Size);
    }

    [Fact]
    public async Task Tiles_are_served_for_ever_and_only_as_far_as_the_checkpoint_reaches()
    {
        using var log = new TestLog(LogSite.FreeOrigin());
        await using var site = await LogSite.ServeAsync(log);
        await log.AppendAsync([.. Enumerable.Range(0, 300)]);
        await log.RoundAsync();

        var full = await site.Http.GetAsync("tile/0/000");
        var bundle = await site.Http.GetByteArrayAsync("tile/entries/001.p/44");

        Assert.Contains("immutable", full.Headers.CacheControl!.ToString());
        Assert.Equal(256 * 32, (await full.Content.ReadAsByteArrayAsync()).Length);
        Assert.True(Tiles.TryDecodeEntries(bundle, 44, out _));
        Assert.Equal(32, (await site.Http.GetByteArrayAsync("tile/1/000.p/1")).Length);
        foreach (var absent in new[] { "tile/0/001", "tile/0/001.p/45", "tile/entries/002.p/1", "tile/2/000.p/1", "tile/0/0", "tile/00/000", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/x999/x999/x999/x999/x999/x999/999", "tile/-1/000" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await site.Http.GetAsync(absent)).StatusCode);
        }
    }

    [Fact]
    public async Task A_receipt_is_promised_while_waiting_and_then_proves_the_entry_offline()
    {
        await using var bench = await ChainBench.StartAsync(origin: LogSite.FreeOrigin());
        await using var site = await LogSite.ServeAsync(bench.Log);
        var path = "receipt/" + Convert.ToHexStringLower(TestLog.Entry(2));
        Assert.Equal(HttpStatusCode.NotFound, (await site.Http.GetAsync(path)).StatusCode);
        await bench.Log.AppendAsync(1, 2, 3);
        Assert.Equal(HttpStatusCode.Accepted, (await site.Http.GetAsync(path)).StatusCode);
        await bench.Log.RoundAsync();
        Assert.Equal(HttpStatusCode.Accepted, (await site.Http.GetAsync(path)).StatusCode);
        await bench.AnchorAsync();
        await bench.GrowAsync(4, 5); // the tree has grown since; the receipt is about the anchored one

        var receipt = (await site.Http.GetFromJsonAsync<JsonObject>(path))!;

        Assert.True(TlogProof.TryParse((string)receipt["proof"]!, out var proof, out var reason), reason);
        Assert.True(proof!.TryVerify(TestLog.Entry(2), bench.Log.Name, bench.Log.Key.PublicBytes, out var checkpoint, out reason), reason);
        var anchor = receipt["anchor"]!;
        Assert.Equal(3, checkpoint!.Size);
        Assert.Equal(3, (int)anchor["size"]!);
        Assert.Equal("0x" + Convert.ToHexStringLower(checkpoint.Root), (string)anchor["root"]!);
        Assert.Equal("0x" + Convert.ToHexStringLower(RegistryClient.LogId(bench.Log.Name)), (string)anchor["log"]!);
        Assert.Equal(31337, (int)anchor["chainId"]!);
        Assert.Equal(["chainId", "contract", "log", "size", "root", "transaction", "block", "blockHash", "time"], anchor.AsObject().Select(m => m.Key));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("zz00000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("AA00000000000000000000000000000000000000000000000000000000000000")]
    public async Task What_is_no_entry_has_no_receipt(string entry)
    {
        using var log = new TestLog(LogSite.FreeOrigin());
        await using var site = await LogSite.ServeAsync(log);
        Assert.Equal(HttpStatusCode.NotFound, (await site.Http.GetAsync("receipt/" + entry)).StatusCode);
    }
}
