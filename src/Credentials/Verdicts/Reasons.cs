using System.Text.Json;

namespace Identity.Credentials.Verdicts;

/// <summary>The colour of a verdict; shape and words always go with it.</summary>
public enum Tone
{
    /// <summary>Rely on it.</summary>
    Green,

    /// <summary>Genuine or not yet shown properly, but not good as it stands.</summary>
    Amber,

    /// <summary>Do not rely on it.</summary>
    Red,

    /// <summary>Undecided.</summary>
    Grey,
}

/// <summary>What every reason means for the outcome and the colour: the only place where that is decided.</summary>
public static class Reasons
{
    /// <summary>The outcome a leading reason stands for.</summary>
    public static Outcome OutcomeOf(ReasonCode reason) => reason switch
    {
        ReasonCode.Valid => Outcome.Valid,
        ReasonCode.Malformed or ReasonCode.Unsupported or ReasonCode.IssuerUnknown or ReasonCode.NotAnchored or ReasonCode.StaleData => Outcome.CannotTell,
        _ => Outcome.NotValid,
    };

    /// <summary>The colour of a leading reason.</summary>
    public static Tone ToneOf(ReasonCode reason) => reason switch
    {
        ReasonCode.Valid => Tone.Green,
        ReasonCode.Altered or ReasonCode.KeyNotValidThen or ReasonCode.IssuerNotEntitled or ReasonCode.Revoked or ReasonCode.AnchoredTooLate => Tone.Red,
        ReasonCode.WrongAudience or ReasonCode.Replayed or ReasonCode.HolderNotProven or ReasonCode.AsksNotMet
            or ReasonCode.Suspended or ReasonCode.Expired or ReasonCode.NotYetValid => Tone.Amber,
        _ => Tone.Grey,
    };

    /// <summary>The name in JSON, in text keys and on the command line: <c>key_not_valid_then</c>.</summary>
    public static string Name<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
