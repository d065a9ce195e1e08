using Identity.Fuzz.Engine;

namespace Identity.Fuzz.Tests;

/// <summary>The fuzzer itself: each kind of fault is seen, cut down and can be given again.</summary>
public sealed class StormTests
{
    private static Target Target(Func<byte[], Judgement> judge, params byte[] seed) =>
        new("sample", [seed], dice => Mutations.Damage.Bytes(seed, [seed], dice), judge, BaseBytes: 64 * 1024, BytesPerByte: 64);

    private static Report Run(Target target, double hangSeconds = 60) => new Storm(1, 5_000, TimeSpan.FromSeconds(hangSeconds)).Run(target);

    [Fact]
    public void A_crash_is_found_and_its_input_cut_down()
    {
        var report = Run(Target(bytes => bytes.Contains((byte)'{') ? throw new InvalidOperationException() : Judgement.Fine, 1, 2, 3, 4, 5, 6, 7, 8));

        Assert.Equal("InvalidOperationException thrown", report.Findings[0].Kind);
        Assert.Equal("{"u8.ToArray(), report.Findings[0].Bytes);
        Assert.NotNull(Storm.Replay(Target(_ => throw new InvalidOperationException(), 1), report.Findings[0].Bytes));
    }

    [Fact]
    public void A_false_accept_is_found() => Assert.Equal("false accept", Run(Target(bytes => bytes.Length > 5 ? Judgement.False("long") : Judgement.Fine, 1, 2, 3)).Findings[0].Kind);

    [Fact]
    public void Memory_out_of_all_proportion_is_found() =>
        Assert.Equal("memory", Run(Target(bytes => new byte[bytes.Length > 5 ? 1_000_000 : 10].Length > 0 ? Judgement.Fine : Judgement.Refused, 1, 2, 3)).Findings[0].Kind);

    [Fact]
    public void A_hang_is_found()
    {
        using var never = new ManualResetEventSlim();
        var report = Run(Target(bytes =>
        {
            if (bytes.Length > 5) never.Wait(TimeSpan.FromMinutes(5));
            return Judgement.Fine;
        }, 1, 2, 3), hangSeconds: 1);
        never.Set();

        Assert.Equal("hang", report.Findings[0].Kind);
    }

    [Fact]
    public void A_good_document_that_is_refused_stops_the_run() => Assert.Throws<InvalidOperationException>(() => Run(Target(_ => Judgement.Refused, 1, 2, 3)));

    [Fact]
    public void The_same_seed_gives_the_same_inputs()
    {
        var first = Enumerable.Range(0, 50).Select(i => Convert.ToHexString(Mutations.Damage.Bytes([1, 2, 3], [[4, 5]], Dice.For(7, "x", i))));
        var second = Enumerable.Range(0, 50).Select(i => Convert.ToHexString(Mutations.Damage.Bytes([1, 2, 3], [[4, 5]], Dice.For(7, "x", i))));

        Assert.Equal(first, second);
        Assert.NotEqual(first, Enumerable.Range(0, 50).Select(i => Convert.ToHexString(Mutations.Damage.Bytes([1, 2, 3], [[4, 5]], Dice.For(8, "x", i)))));
    }
}
