namespace Identity.Verifier.CommandLine;

/// <summary>What the program can do, one line each; <c>VERB --help</c> says more where there is more.</summary>
internal static class Help
{
    public static bool Handles(string[] args) => args is ["--help"] or ["-h"] or ["-?"];

    public static int Run(TextWriter output)
    {
        output.WriteLine("""
            Identity Verifier. Without a verb it serves the web app; settings as --Key=value.

              verify FILE                  checks a credential: 0 valid, 1 not valid, 2 cannot tell, 3 wrong call
              verify-receipt FILE          checks the receipt of a check (docs/check-receipt.md)
              verify-evidence FILE         checks the proof that a log's key signed two stories (docs/operations/witness.md)
              trust-pack FILE              writes the file from which a scanner checks without a network (docs/trust-pack.md)
              exit-bundle --out FILE       writes what still verifies when no server is left (docs/exit-bundle.md)
              import FILE --data DIR       fills an archive with it, asking nobody
              desk-key NAME FILE           makes the key of an operator of the desk (docs/operations/desk.md)
            """);
        return 0;
    }
}
