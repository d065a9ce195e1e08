namespace Identity.Credentials.Transparency;

/// <summary>A complete subtree: the hash over leaves [Index·2^Level, (Index+1)·2^Level). Once complete it never changes.</summary>
/// <param name="Level">0 for a leaf hash.</param>
/// <param name="Index">Position among the nodes of its level, from the left.</param>
public readonly record struct TreeNode(int Level, long Index)
{
    /// <summary>The child over the first half of the leaves.</summary>
    public TreeNode Left => new(Level - 1, Index * 2);

    /// <summary>The child over the second half of the leaves.</summary>
    public TreeNode Right => new(Level - 1, (Index * 2) + 1);

    /// <summary>The node above.</summary>
    public TreeNode Parent => new(Level + 1, Index / 2);
}
