namespace Identity.Credentials.StatusList;

/// <summary>How an issuer's status lists are numbered: from 1 on, under one address.</summary>
public static class StatusListNumbers
{
    /// <summary>
    /// So many numbers at most are left out after a database was put back from a backup: lists that may have been made in the lost hours. Nobody signs one of these
    /// again, since it would call good what may have been revoked; whoever looks for an issuer's lists looks so far beyond a number that is missing.
    /// </summary>
    public const int MaxGap = 8;
}
