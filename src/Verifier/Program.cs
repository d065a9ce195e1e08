using Identity.Hosting;
using Identity.Verifier;
using Identity.Verifier.CommandLine;

if (Help.Handles(args)) return Help.Run(Console.Out);
if (VerifyCommand.Handles(args)) return await VerifyCommand.RunAsync(args, Console.Out, Console.Error, Console.In);
if (DeskKeyCommand.Handles(args)) return await DeskKeyCommand.RunAsync(args, Console.Out, Console.Error);
if (ReceiptCommand.Handles(args)) return await ReceiptCommand.RunAsync(args, Console.Out, Console.Error);
if (EvidenceCommand.Handles(args)) return await EvidenceCommand.RunAsync(args, Console.Out, Console.Error);
if (TrustPackCommand.Handles(args)) return await TrustPackCommand.RunAsync(args, Console.Out, Console.Error);
if (ExitBundleCommand.Handles(args)) return await ExitBundleCommand.RunAsync(args, Console.Out, Console.Error);
if (ImportCommand.Handles(args)) return await ImportCommand.RunAsync(args, Console.Out, Console.Error);
try
{
    await VerifierApp.Build(args).RunAsync();
    return 0;
}
catch (SettingMissingException missing)
{
    await Console.Error.WriteLineAsync(missing.Message);
    return 3;
}
