using Identity.Ledger.Embedded;

namespace Identity.Ledger.Tests.Embedded;

/// <summary>
/// Run as a program of its own, this assembly is a process that owns a node: it writes the node's process id and waits to be
/// killed. The test runner never calls it.
/// </summary>
internal static class NodeParent
{
    public const string Variable = "IDENTITY_TEST_NODE";

    /// <summary>False when this process was started for something else.</summary>
    public static async Task<bool> RunAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } binary) return false;
        await using var node = await AnvilNode.StartAsync(binary: binary);
        Console.WriteLine(node.ProcessId);
        await Task.Delay(TimeSpan.FromMinutes(5));
        return true;
    }
}
