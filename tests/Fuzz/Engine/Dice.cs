namespace Identity.Fuzz.Engine;

/// <summary>A small generator (SplitMix64) whose whole state is one number: input number N of a seed is the same on every machine and without the inputs before it.</summary>
public sealed class Dice(ulong state)
{
    private ulong _state = state;

    /// <summary>The dice for one input of one target.</summary>
    public static Dice For(ulong seed, string target, long input)
    {
        var mixed = seed;
        foreach (var c in target) mixed = (mixed ^ c) * 0x100000001B3;
        return new Dice(mixed + ((ulong)input * 0x9E3779B97F4A7C15));
    }

    /// <summary>64 random bits.</summary>
    public ulong Bits()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A number from 0 to below <paramref name="end"/>; 0 where that is not positive.</summary>
    public int Next(int end) => end <= 1 ? 0 : (int)(Bits() % (ulong)end);

    /// <summary>True once in so many throws.</summary>
    public bool OneIn(int throws) => Next(throws) == 0;

    /// <summary>One of them.</summary>
    public T Pick<T>(IReadOnlyList<T> items) => items[Next(items.Count)];

    /// <summary>Random bytes.</summary>
    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        for (var at = 0; at < count; at++) bytes[at] = (byte)Bits();
        return bytes;
    }
}
