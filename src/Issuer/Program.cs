using Identity.Issuer;

await IssuerApp.Build(args).RunAsync();
