using Identity.Credentials.Trust;
using Identity.Tests.Shared;

namespace Identity.Credentials.Tests.Trust;

/// <summary>The sizes aimed at; what a day changes stands at <see cref="LargePack"/>.</summary>
public sealed class PackSizeTests
{
    [Fact]
    public void A_pack_of_a_thousand_issuers_has_three_megabytes_at_most_and_a_day_fifty_kilobytes()
    {
        var (old, next) = (LargePack.Pack(PackWorld.Signer), LargePack.Pack(PackWorld.Signer, days: 1));
        var today = old.Content;

        var (whole, delta) = (old.Encode(), PackDelta.Make(old, next));

        Assert.Equal((1001, 1000, 1_000_000), (today.Organisations.Count, today.Lists.Count, today.Lists.Sum(l => l.Statuses.Length)));
        Assert.Equal(100_000, today.Organisations.Sum(o => o.Keys.Sum(k => k.Entries?.Count ?? 0)));
        Assert.InRange(whole.Length, 1, 3_000_000);
        Assert.InRange(delta.Length, 1, 50_000);
        Assert.True(PackDelta.TryApply(old, delta, PackWorld.Pin() with { Now = LargePack.MadeAt.AddDays(1) }, out var made, out var reason), reason);
        Assert.True(made.Bytes.Span.SequenceEqual(next.Bytes.Span));
    }
}
