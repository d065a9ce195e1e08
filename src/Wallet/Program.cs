using Identity.Hosting;
using Identity.Wallet;

try
{
    return await Commands.RunAsync(args);
}
catch (Exception fault) when (fault is SettingMissingException or InvalidOperationException)
{
    await Console.Error.WriteLineAsync(fault.Message);
    return 3;
}
