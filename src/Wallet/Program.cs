using Identity.Hosting;
using Identity.Wallet;

try
{
    await WalletApp.Build(args).RunAsync();
    return 0;
}
catch (SettingMissingException missing)
{
    await Console.Error.WriteLineAsync(missing.Message);
    return 3;
}
