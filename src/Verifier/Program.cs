using Identity.Verifier;

await VerifierApp.Build(args).RunAsync();
