namespace Identity.Verifier.Exit;

/// <summary>How much is done for strangers at the same time: for each bundle that is made the ledger's node and a log are asked, and each that is being sent lies in memory.</summary>
public sealed class BundlePlaces
{
    /// <summary>The most that are made.</summary>
    public const int Most = 2;

    /// <summary>The most bytes of those that are being sent.</summary>
    public const long MostUnsent = 64 * 1024 * 1024;

    private int _taken;
    private long _unsent;

    /// <summary>Takes a place to make one; false where there is none. Who has one gives it back.</summary>
    public bool TryTake()
    {
        if (Interlocked.Increment(ref _taken) <= Most) return true;
        GiveBack();
        return false;
    }

    /// <summary>Gives the place back.</summary>
    public void GiveBack() => Interlocked.Decrement(ref _taken);

    /// <summary>Counts bytes that are to be sent; false where there would be too many. Who counted them takes them off again.</summary>
    public bool TryHold(long bytes)
    {
        if (Interlocked.Add(ref _unsent, bytes) <= MostUnsent) return true;
        Release(bytes);
        return false;
    }

    /// <summary>They are sent, or nobody wants them any more.</summary>
    public void Release(long bytes) => Interlocked.Add(ref _unsent, -bytes);
}
