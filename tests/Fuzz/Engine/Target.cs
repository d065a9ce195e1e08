namespace Identity.Fuzz.Engine;

/// <summary>How an input was taken: refused, accepted, or accepted although it must not be.</summary>
public readonly record struct Judgement(bool Accepted, string? Wrong)
{
    /// <summary>Said no.</summary>
    public static readonly Judgement Refused = new(false, null);

    /// <summary>Said yes, and may.</summary>
    public static readonly Judgement Fine = new(true, null);

    /// <summary>Said yes, and must not.</summary>
    public static Judgement False(string why) => new(true, why);

    /// <summary>Fine when the condition holds, else falsely accepted.</summary>
    public static Judgement Require(bool condition, string otherwise) => condition ? Fine : False(otherwise);
}

/// <summary>One reader of outside bytes.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="Seeds">Good documents, made by this product's own code at the start; each must be accepted.</param>
/// <param name="Mutate">Makes one input.</param>
/// <param name="Judge">Gives the input to the reader and says what came out. Whatever it throws is a finding.</param>
/// <param name="BaseBytes">Memory one input may cost whatever its size.</param>
/// <param name="BytesPerByte">Memory it may cost for each byte of its own.</param>
public sealed record Target(
    string Name, IReadOnlyList<byte[]> Seeds, Func<Dice, byte[]> Mutate, Func<byte[], Judgement> Judge, long BaseBytes = 512 * 1024, int BytesPerByte = 512);
