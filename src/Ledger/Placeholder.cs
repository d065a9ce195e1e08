namespace Identity.Ledger;

internal static class Placeholder;
