using System.Diagnostics;
using System.Text.Json.Nodes;
using Identity.TestKit;

namespace Identity.Interop.Tests;

/// <summary>A wallet or verifier made of public npm packages, one Node process for each question.</summary>
internal static class Peer
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Asks a script under <c>peers/</c>; its refusal comes back as the member <c>refused</c>.</summary>
    /// <exception cref="InvalidOperationException">The script itself failed: Node is missing, a package is not installed, no answer in time.</exception>
    public static async Task<JsonObject> AskAsync(string script, JsonObject question)
    {
        var start = new ProcessStartInfo("node", [Path.Combine(Checkout.Root, "tests", "Interop.Tests", "peers", script)])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        try
        {
            await process.StandardInput.WriteAsync(question.ToJsonString());
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended before it read all of the question: its exit code and what it wrote say why.
        }
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"{script} gave no answer within {Patience.TotalSeconds} s: {await errors}");
        }
        var answer = await output;
        if (process.ExitCode != 0 || answer.Length == 0) throw new InvalidOperationException($"{script} ended with {process.ExitCode}: {await errors}");
        return JsonNode.Parse(answer)!.AsObject();
    }

    /// <summary>The same where a refusal fails the test.</summary>
    public static async Task<JsonObject> DoAsync(string script, JsonObject question)
    {
        var answer = await AskAsync(script, question);
        Assert.True(answer["refused"] is null, (string?)answer["refused"]);
        return answer;
    }
}
