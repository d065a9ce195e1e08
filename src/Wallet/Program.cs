using Identity.Wallet;

await WalletApp.Build(args).RunAsync();
