using Identity.Verifier.Exit;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Identity.Verifier.Tests.Exit;

/// <summary>What is being sent lies in memory, so nobody holds it there by not reading.</summary>
public sealed class SentBundleTests
{
    [Theory]
    [InlineData(1_000, 5)]
    [InlineData(3_000_000, 5 + 183)]
    public async Task Attack_somebody_asks_for_a_bundle_and_does_not_read_it(int length, int seconds)
    {
        var (body, clock, ends) = (new Unread(), new Told(), 0);
        var reader = new Reader(body);

        var sending = new SentBundle(new byte[length], "proof.idexit", clock, () => ends++).ExecuteAsync(reader.Context);

        await body.Begun.Task;
        Assert.Equal((false, 0, TimeSpan.FromSeconds(seconds)), (reader.IsDropped, ends, clock.Due));
        clock.Pass();
        await sending;
        Assert.Equal((true, 1), (reader.IsDropped, ends));
    }

    [Fact]
    public async Task Whoever_goes_away_in_the_middle_holds_nothing()
    {
        var (body, ends) = (new Unread(), 0);
        var reader = new Reader(body);
        var sending = new SentBundle(new byte[1_000], "proof.idexit", TimeProvider.System, () => ends++).ExecuteAsync(reader.Context);
        await body.Begun.Task;

        await reader.Gone.CancelAsync();
        await sending;

        Assert.Equal(1, ends);
    }

    private sealed class Reader : IHttpRequestLifetimeFeature
    {
        public Reader(Stream body)
        {
            Context.Features.Set<IHttpRequestLifetimeFeature>(this);
            Context.Response.Body = body;
            RequestAborted = Gone.Token;
        }

        public DefaultHttpContext Context { get; } = new();

        public CancellationTokenSource Gone { get; } = new();

        public CancellationToken RequestAborted { get; set; }

        public bool IsDropped { get; private set; }

        public void Abort() => IsDropped = true;
    }

    /// <summary>Time passes when it is told to.</summary>
    private sealed class Told : TimeProvider
    {
        private Action? _pass;

        public TimeSpan Due { get; private set; }

        public void Pass() => _pass!();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            (Due, _pass) = (dueTime, () => callback(state));
            return base.CreateTimer(_ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Takes nothing, until whoever writes gives up.</summary>
    private sealed class Unread : MemoryStream
    {
        public TaskCompletionSource Begun { get; } = new();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Begun.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
    }
}
