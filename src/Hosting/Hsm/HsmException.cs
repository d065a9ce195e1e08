namespace Identity.Hosting.Hsm;

/// <summary>A token does not sign: it is away, or what was said of it is wrong. The message is for the operator and names no PIN.</summary>
public sealed class HsmException : InvalidOperationException
{
    /// <summary>A fault in one sentence.</summary>
    public HsmException(string message, bool passing, Exception? inner = null) : base(message, inner) => Passing = passing;

    /// <summary>The token may come back; what was asked may be asked again.</summary>
    public bool Passing { get; }
}
