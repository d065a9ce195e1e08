using System.Security.Cryptography;
using System.Text;
using Identity.Credentials.Accreditation;

namespace Identity.Credentials.Tests.Accreditation;

public sealed class ScopeTests
{
    private const string Full = """{"eqf":[1,5],"fields":["07"],"jurisdictions":["XT"],"kinds":["certificate"],"label":{"en":"Vocational certificates"},"nqf":{"XTQF":[1,6]},"occupations":["72"],"on_behalf_of":["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"],"types":["urn:identity:qualification:1"],"v":1}""";

    [Fact]
    public void A_scope_reads_back_as_written_and_its_id_is_the_hash()
    {
        Assert.True(Scope.TryParse(Full, out var scope, out var reason), reason);

        Assert.Equal(Full, scope.Canonical());
        Assert.Equal(SHA256.HashData(Encoding.UTF8.GetBytes(Full)), scope.Id());
        Assert.Equal(new LevelRange(1, 5), scope.Eqf);
        Assert.Equal(new LevelRange(1, 6), scope.Nqf!["XTQF"]);
        Assert.Equal(("07", "72", "XT", "certificate"), (scope.Fields!.Single(), scope.Occupations!.Single(), scope.Jurisdictions!.Single(), scope.Kinds!.Single()));
        Assert.Equal("""{"v":1}""", new Scope(null).Canonical());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"v":2}""")]
    [InlineData("""{"v":1,"more":1}""")]
    [InlineData("""{"v":1 }""")]
    [InlineData("""{"v":1.0}""")]
    [InlineData("""{"types":["a"],"types":["a"],"v":1}""")]
    [InlineData("""{"types":[],"v":1}""")]
    [InlineData("""{"types":[""],"v":1}""")]
    [InlineData("""{"types":["a","a"],"v":1}""")]
    [InlineData("""{"types":"a","v":1}""")]
    [InlineData("""{"types":null,"v":1}""")]
    [InlineData("""{"types":[1],"v":1}""")]
    [InlineData("""{"eqf":[0,5],"v":1}""")]
    [InlineData("""{"eqf":[1,9],"v":1}""")]
    [InlineData("""{"eqf":[5,1],"v":1}""")]
    [InlineData("""{"eqf":[1],"v":1}""")]
    [InlineData("""{"eqf":[1,2,3],"v":1}""")]
    [InlineData("""{"eqf":["1","2"],"v":1}""")]
    [InlineData("""{"eqf":5,"v":1}""")]
    [InlineData("""{"nqf":{},"v":1}""")]
    [InlineData("""{"nqf":[1,2],"v":1}""")]
    [InlineData("""{"nqf":{"XT":[1,21]},"v":1}""")]
    [InlineData("""{"fields":["7"],"v":1}""")]
    [InlineData("""{"fields":["07155"],"v":1}""")]
    [InlineData("""{"fields":["ab"],"v":1}""")]
    [InlineData("""{"occupations":["72123"],"v":1}""")]
    [InlineData("""{"jurisdictions":["xt"],"v":1}""")]
    [InlineData("""{"jurisdictions":["XTX"],"v":1}""")]
    [InlineData("""{"on_behalf_of":["AA"],"v":1}""")]
    [InlineData("""{"label":{"fr":"x"},"v":1}""")]
    [InlineData("""{"label":{"en":""},"v":1}""")]
    [InlineData("""{"label":{"en":"a\u202eb"},"v":1}""")]
    [InlineData("""{"label":"x","v":1}""")]
    [InlineData("""{"v":1,"types":["a"]}""")]
    [InlineData("""{"types":["\ud800"],"v":1}""")]
    public void A_scope_in_any_other_form_is_refused(string json)
    {
        Assert.False(Scope.TryParse(json, out var scope, out var reason));
        Assert.Null(scope);
        Assert.NotEmpty(reason);
    }

    [Fact]
    public void A_scope_that_the_contract_would_not_take_is_refused()
    {
        var long64 = new Scope([.. Enumerable.Range(0, 64).Select(i => new string('x', 150) + i)]);

        Assert.NotNull(long64.Fault());
        Assert.False(Scope.TryParse(long64.Canonical(), out _, out _));
        Assert.NotNull(new Scope([.. Enumerable.Range(0, 65).Select(i => $"{i}")]).Fault());
    }
}
