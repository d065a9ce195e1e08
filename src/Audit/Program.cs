using Identity.Audit;
using Identity.Audit.Findings;
using Identity.Hosting;

if (VerifyFinding.Handles(args)) return await VerifyFinding.RunAsync(args, Console.Out, Console.Error);
try
{
    return await Commands.RunAsync(args);
}
catch (Exception fault) when (fault is SettingMissingException or InvalidOperationException)
{
    await Console.Error.WriteLineAsync(fault.Message);
    return 3;
}
