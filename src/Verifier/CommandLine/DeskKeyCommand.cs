using Identity.Verifier.Registration;

namespace Identity.Verifier.CommandLine;

/// <summary><c>desk-key NAME FILE</c>: makes a key for an operator of the registered desk, puts its hash into the file and prints it once.</summary>
public static class DeskKeyCommand
{
    /// <summary>Whether these arguments are for this command.</summary>
    public static bool Handles(string[] args) => args is ["desk-key", ..];

    /// <summary>Runs it; 0 when a key was made, 3 for a wrong call.</summary>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        try
        {
            if (args is not [_, var name, var file]) throw new ArgumentException("Call: desk-key NAME FILE (FILE is the setting Verifier:Desk:Operators).");
            await output.WriteLineAsync(DeskOperators.Add(Path.GetFullPath(file), name));
            return 0;
        }
        catch (Exception fault) when (fault is ArgumentException or IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync(fault.Message);
            return VerifyCommand.Usage;
        }
    }
}
