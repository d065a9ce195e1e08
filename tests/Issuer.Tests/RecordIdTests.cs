using Identity.Credentials.Jose;
using Identity.Issuer.Data;

namespace Identity.Issuer.Tests;

public sealed class RecordIdTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Ids_of_one_minute_are_neighbours_and_nobody_guesses_one_from_another()
    {
        var ids = Enumerable.Range(0, 1000).Select(i => RecordId.New(Noon.AddMilliseconds(i * 59))).ToList();

        Assert.Single(ids.Select(id => id[..4]).Distinct());
        Assert.Equal(1000, ids.Select(id => id[4..]).Distinct().Count());
        Assert.All(ids, id => Assert.Equal(3 + 16, Base64Url.TryDecode(id, out var bytes) ? bytes.Length : 0));
        // Each character of the rest takes many values.
        for (var at = 4; at < 25; at++) Assert.True(ids.Select(id => id[at]).Distinct().Count() > 32);
        Assert.NotEqual(ids[0][..4], RecordId.New(Noon.AddMinutes(1))[..4]);
    }
}
