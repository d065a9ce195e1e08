using Microsoft.AspNetCore.Mvc;

namespace Identity.Wallet.Desk;

/// <summary>The two words, and the card of a new one: shown while the person sits there for the first time, stored nowhere.</summary>
public sealed class SlipModel : SittingPage
{
    /// <summary>In the person's language.</summary>
    public (string First, string Second) Words { get; private set; }

    /// <summary>In English, for a desk that does not read the person's script; null where that is the person's language.</summary>
    public (string First, string Second)? English { get; private set; }

    /// <summary>Names of the prompts that say the two words.</summary>
    public string Spoken { get; private set; } = "";

    /// <summary>The code of a new card, or null.</summary>
    public string? Card { get; private set; }

    /// <summary>Shows it.</summary>
    public IActionResult OnGet()
    {
        if (Sitting.Slip is not { } slip) return Redirect(Home);
        (Words, Card) = (slip.Words.Say(Mandate.Language), slip.Card);
        English = Mandate.Language == "en" ? null : slip.Words.Say("en");
        Spoken = $"slip-words word.{slip.Words.First} word.{slip.Words.Second} slip-end";
        return Page();
    }
}
