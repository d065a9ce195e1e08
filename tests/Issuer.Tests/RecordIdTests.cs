using Identity.Credentials.Jose;
using Identity.Issuer.Data;

namespace Identity.Issuer.Tests;

public sealed class RecordIdTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Ids_of_one_second_are_neighbours_and_nobody_guesses_one_from_another()
    {
        var ids = Enumerable.Range(0, 1000).Select(i => RecordId.New(Noon.AddMilliseconds(i))).ToList();

        Assert.Single(ids.Select(id => id[..5]).Distinct());
        Assert.Equal(1000, ids.Select(id => id[6..]).Distinct().Count());
        Assert.All(ids, id => Assert.Equal(4 + 16, Base64Url.TryDecode(id, out var bytes) ? bytes.Length : 0));
        // Each character of the rest takes many values; the last holds four bits.
        for (var at = 6; at < 26; at++) Assert.True(ids.Select(id => id[at]).Distinct().Count() > 32);
        Assert.NotEqual(Base64Url.TryDecode(ids[0], out var first) ? first[..4] : [], Base64Url.TryDecode(RecordId.New(Noon.AddSeconds(1)), out var next) ? next[..4] : []);
    }
}
