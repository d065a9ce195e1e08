using System.Text;
using Identity.Credentials.Jose;
using Identity.Credentials.Receipts;
using Identity.Credentials.SdJwt;
using Identity.Ledger.Log;
using Identity.Ledger.Proofs;

namespace Identity.Verifier.CommandLine;

/// <summary>
/// <c>verify-receipt RECEIPT CREDENTIAL --validators FILE</c> of a receipt of the log: follows it up to the seals of validators (<see cref="ReceiptCheck"/>) and says each step. It opens no connection and
/// reads nothing but the three files.
/// </summary>
internal static class LedgerReceiptCommand
{
    /// <summary>Whether the text is such a receipt, and not one of a check.</summary>
    public static bool Handles(string text) => LogReceipt.Looks(Encoding.UTF8.GetBytes(text));

    /// <summary>Says the steps; <see cref="VerifyCommand.Valid"/> where all hold.</summary>
    public static async Task<int> RunAsync(string text, string? credential, string? validators, TextWriter output, TextWriter error)
    {
        if (validators is null)
        {
            await error.WriteLineAsync("This is a receipt of the ledger: name the file of validators that you trust with --validators.");
            return VerifyCommand.Usage;
        }
        if (!ValidatorFile.TryParse(await File.ReadAllTextAsync(validators), out var trusted, out var reason))
        {
            await error.WriteLineAsync($"{validators}: {reason}.");
            return VerifyCommand.Usage;
        }
        if (!LogReceipt.TryParse(Encoding.UTF8.GetBytes(text), out var receipts, out reason))
        {
            await output.WriteLineAsync($"NOT PROVEN: {VerdictText.Clean(reason)}");
            return VerifyCommand.NotValid;
        }
        byte[]? entry = null;
        if (credential is not null && (entry = ShownText.EntryOf(credential)) is null)
        {
            await output.WriteLineAsync("NOT PROVEN: the credential is unreadable, or its claims are not those that were signed");
            return VerifyCommand.NotValid;
        }

        await output.WriteLineAsync(VerdictText.Clean($"Trusted: {trusted.Name}, chain {trusted.ChainId}, {trusted.Validators.Count} validators at block {trusted.Block}, pinned {trusted.MadeAt:u}"));
        var ours = entry is null ? [.. receipts] : receipts.Where(receipt => receipt.Entry is null || receipt.Entry.AsSpan().SequenceEqual(entry)).ToList();
        if (ours.Count == 0)
        {
            await output.WriteLineAsync("NOT PROVEN: the file has no receipt of the given copy");
            return VerifyCommand.NotValid;
        }
        var sums = new List<StepResult>();
        for (var at = 0; at < ours.Count; at++)
        {
            if (ours.Count > 1) await output.WriteLineAsync($"copy {at + 1} of {ours.Count}");
            sums.Add(await TellAsync(ours[at], entry, credential, trusted, output));
        }
        return sums.Contains(StepResult.NotProven) ? VerifyCommand.NotValid : sums.Contains(StepResult.CannotTell) ? VerifyCommand.CannotTell : VerifyCommand.Valid;
    }

    private static async Task<StepResult> TellAsync(LogReceipt receipt, byte[]? entry, string? credential, ValidatorFile trusted, TextWriter output)
    {
        var signer = credential is null ? null : SignerOf(credential.Trim());
        var steps = ReceiptCheck.Run(receipt, entry, trusted, signer?.Thumbprint).ToList();
        if (signer is { IsGenuine: false }) steps.Insert(1, new ReceiptStep("signature", StepResult.NotProven, "the key of its certificate did not sign the credential"));
        foreach (var step in steps) await output.WriteLineAsync($"{Word(step.Result),-11} {step.Name}: {VerdictText.Clean(step.Text)}");
        var sum = ReceiptCheck.Sum(steps);
        await output.WriteLineAsync(sum switch
        {
            StepResult.Proven => $"PROVEN: it stood on the ledger by {receipt.State!.ProvenAt:u}. Whether it was revoked since, a receipt cannot say.",
            StepResult.NotProven => "NOT PROVEN",
            _ => "CANNOT TELL",
        });
        return sum;
    }

    private static string Word(StepResult result) => result switch
    {
        StepResult.Proven => "proven",
        StepResult.NotProven => "not proven",
        StepResult.CannotTell => "cannot tell",
        _ => "note",
    };

    /// <summary>Which key signed an SD-JWT VC: that of its certificate, which is looked at. Null for other formats, and where there is none: a key that is only named may be anybody's, and its records would say nothing of who signed.</summary>
    private static (byte[] Thumbprint, bool IsGenuine)? SignerOf(string text)
    {
        if (!SdJwtVc.TryParse(text, out var credential, out _)) return null;
        var jws = credential.Document.Jwt;
        if (X5c.TryParse(jws.Header["x5c"], out var chain, out _))
        {
            try
            {
                if (!X5c.TryLeafKey(chain[0], out var leaf) || !VerificationKey.TryImport(leaf!, out var key, out _)) return null;
                using (key) return (leaf!.Thumbprint(), jws.Verify(key));
            }
            finally
            {
                foreach (var certificate in chain) certificate.Dispose();
            }
        }
        return null;
    }
}
