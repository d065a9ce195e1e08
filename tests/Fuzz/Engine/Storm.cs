using System.Diagnostics;

namespace Identity.Fuzz.Engine;

/// <summary>What went wrong, with everything that is needed to see it again.</summary>
public sealed record Finding(string Target, ulong Seed, long Input, string Kind, string Detail, byte[] Bytes)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Target}: {Kind} at input {Input} of seed {Seed}\n  {Detail}\n  --target {Target} --replay {Convert.ToBase64String(Bytes)}";
}

/// <summary>The figures of one target.</summary>
public sealed record Report(string Target, long Inputs, long Accepted, double Seconds, long MostBytes, double SlowestMs, IReadOnlyList<Finding> Findings);

/// <summary>Pours inputs over a target and watches each: what it throws, what it accepts, what it allocates, how long it takes.</summary>
public sealed class Storm(ulong seed, long inputs, TimeSpan hang)
{
    private const int MaxFindings = 5;
    private const int Stack = 1024 * 1024; // no more than a request's thread has: deep recursion must show

    private long _startedAt;
    private byte[] _current = [];
    private long _number;

    /// <summary>Runs to the end, or to the fifth finding, or to an input that hangs.</summary>
    public Report Run(Target target)
    {
        Report? report = null;
        Exception? broken = null;
        var thread = new Thread(() =>
        {
            try
            {
                report = Pour(target);
            }
            catch (Exception fault)
            {
                broken = fault;
            }
        }, Stack)
        { IsBackground = true, Name = target.Name };
        thread.Start();
        while (!thread.Join(500))
        {
            var started = Volatile.Read(ref _startedAt);
            if (started != 0 && Stopwatch.GetElapsedTime(started) > hang)
            {
                var finding = new Finding(target.Name, seed, _number, "hang", $"no answer within {hang.TotalSeconds:0} s", _current);
                return new Report(target.Name, _number, 0, 0, 0, hang.TotalMilliseconds, [finding]);
            }
        }
        return report ?? throw new InvalidOperationException($"{target.Name}: the target itself is broken.", broken);
    }

    /// <summary>One input again, as a finding printed it.</summary>
    public static Finding? Replay(Target target, byte[] input) => Look(target, input, out _) is var (kind, detail) ? new Finding(target.Name, 0, 0, kind, detail, input) : null;

    private Report Pour(Target target)
    {
        foreach (var good in target.Seeds)
        {
            Look(target, good, out _); // what is loaded at first use is not this input's
            if (Look(target, good, out var accepted) is var (kind, detail)) throw new InvalidOperationException($"A good document: {kind}: {detail}");
            if (!accepted) throw new InvalidOperationException($"A good document is refused: {Convert.ToBase64String(good)}");
        }

        var findings = new List<Finding>();
        long taken = 0, most = 0, slowest = 0;
        var begin = Stopwatch.GetTimestamp();
        long number = 0;
        for (; number < inputs && findings.Count < MaxFindings; number++)
        {
            var input = target.Mutate(Dice.For(seed, target.Name, number));
            (_current, _number) = (input, number);
            var started = Stopwatch.GetTimestamp();
            Volatile.Write(ref _startedAt, started);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var wrong = Look(target, input, out var accepted);
            var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            Volatile.Write(ref _startedAt, 0);
            slowest = Math.Max(slowest, Stopwatch.GetTimestamp() - started);
            most = Math.Max(most, bytes);
            if (accepted) taken++;
            if (wrong is not var (kind, detail)) continue;
            findings.Add(new Finding(target.Name, seed, number, kind, detail, Minimise(target, input, kind)));
        }
        var seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        return new Report(target.Name, number, taken, seconds, most, slowest * 1000.0 / Stopwatch.Frequency, findings);
    }

    private static (string Kind, string Detail)? Look(Target target, byte[] input, out bool accepted)
    {
        accepted = false;
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            var judgement = target.Judge(input);
            accepted = judgement.Accepted;
            if (judgement.Wrong is { } why) return ("false accept", why);
        }
        catch (Exception fault)
        {
            return ($"{fault.GetType().Name} thrown", fault.ToString());
        }
        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        var allowed = target.BaseBytes + ((long)target.BytesPerByte * input.Length);
        return bytes > allowed ? ("memory", $"{bytes} bytes allocated for {input.Length}, allowed {allowed}") : null;
    }

    /// <summary>The smallest input found by cutting that still goes wrong in the same way.</summary>
    private static byte[] Minimise(Target target, byte[] input, string kind)
    {
        var tries = 0;
        for (var step = Math.Max(1, input.Length / 2); step >= 1; step /= 2)
        {
            for (var at = 0; at + step <= input.Length && tries < 3000;)
            {
                tries++;
                byte[] shorter = [.. input[..at], .. input[(at + step)..]];
                if (Look(target, shorter, out _)?.Kind == kind) input = shorter;
                else at += step;
            }
        }
        return input;
    }
}
