using Identity.Hosting;
using Identity.Issuer;

try
{
    return await Commands.RunAsync(args);
}
catch (Exception fault) when (fault is SettingMissingException or InvalidOperationException)
{
    System.Console.Error.WriteLine(fault.Message);
    return 1;
}
