using System.Text.Json.Nodes;
using Identity.Issuer.Recognition;

namespace Identity.Issuer.Tests;

/// <summary>The rules of a fair procedure; the whole path is played by the journey of the Host.</summary>
public class RecognitionTests
{
    [Fact]
    public void Full_recognition_needs_no_difference() => Assert.Empty(EvaluateQualification.Check(new JsonObject { ["outcome"] = "full" }));

    [Theory]
    [InlineData("partial", "differences")]
    [InlineData("other-level", "differences")]
    [InlineData("conditional", "differences")]
    [InlineData("conditional", "condition")]
    [InlineData("none", "differences")]
    [InlineData("none", "way_ahead")]
    public void Less_than_full_recognition_names_what_it_rests_on(string outcome, string missing)
    {
        Assert.Contains(missing, EvaluateQualification.Check(new JsonObject { ["outcome"] = outcome }).Keys);
        Assert.Contains(missing, EvaluateQualification.Check(new JsonObject { ["outcome"] = outcome, [missing] = "  " }).Keys);
        Assert.DoesNotContain(missing, EvaluateQualification.Check(new JsonObject { ["outcome"] = outcome, [missing] = "Half the workload." }).Keys);
    }

    [Theory]
    [InlineData("holder_name")]
    [InlineData("original_title")]
    [InlineData("original_digest")]
    [InlineData("authority")]
    public void Attack_an_evaluator_writes_what_follows_from_the_qualification(string claim) =>
        Assert.Contains(claim, EvaluateQualification.Check(new JsonObject { ["outcome"] = "full", [claim] = "somebody else" }).Keys);

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(8, false)]
    [InlineData(9, true)]
    public void A_level_lies_between_1_and_8(int level, bool refused) =>
        Assert.Equal(refused, EvaluateQualification.Check(new JsonObject { ["outcome"] = "full", ["level_eqf"] = level }).ContainsKey("level_eqf"));
}
