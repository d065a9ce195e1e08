using System.Text.Json.Nodes;

namespace Identity.Interop.Tests;

public sealed class PeerTests
{
    [Fact]
    public async Task A_script_that_ends_before_it_reads_its_question_says_why()
    {
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => Peer.AskAsync("absent.mjs", new JsonObject { ["long"] = new string('x', 4_000_000) }));

        Assert.Contains("absent.mjs", fault.Message, StringComparison.Ordinal);
        Assert.Contains("MODULE_NOT_FOUND", fault.Message, StringComparison.Ordinal);
    }
}
