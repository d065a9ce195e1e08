using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;
using Identity.TestKit;

namespace Identity.Ledger.Tests.Registry;

public sealed class ContractAndProfile
{
    [Theory]
    [InlineData("IdentityRegistry")]
    [InlineData("IdentityGovernance")]
    public void The_committed_interface_is_the_compiled_one(string name)
    {
        var committed = JsonNode.Parse(File.ReadAllText(Path.Combine(Checkout.Root, "src", "Ledger", "contracts", name + ".abi.json")));

        Assert.True(JsonNode.DeepEquals(committed, JsonNode.Parse(Compiled(name).Interface.GetRawText())),
            $"The contract's interface changed: look at the difference, then write the compiled one to src/Ledger/contracts/{name}.abi.json.");
    }

    [Fact]
    public void The_client_knows_every_event_and_refusal_of_the_contract_and_no_other()
    {
        string[] events = [RegistryAbi.OrganisationRegistered, RegistryAbi.AccreditationGranted, RegistryAbi.AccreditationWithdrawn,
            RegistryAbi.KeyAdded, RegistryAbi.KeyEnded, RegistryAbi.LogRegistered, RegistryAbi.Anchored, RegistryAbi.VerifierRegistered, RegistryAbi.VerifierWithdrawn,
            RegistryAbi.OrganisationChanged, RegistryAbi.SupervisionChanged, RegistryAbi.LogChanged, RegistryAbi.LogUsed,
            RegistryAbi.OrganisationClosed, RegistryAbi.ClosingUndone, RegistryAbi.DepositaryNamed, RegistryAbi.DepositAccepted];

        Assert.Equal(Signatures(CompiledContract.Registry, "event"), events.Order(StringComparer.Ordinal));
        Assert.Equal(Signatures(CompiledContract.Registry, "error"), RegistryAbi.Refusals.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_slots_that_proofs_of_state_name_are_the_compiled_ones()
    {
        (string Label, int Slot, int Offset)[] slots = [("rootAt", 0, 0), ("_logs", 1, 0), ("organisation", 2, 0), ("accreditation", 3, 0), ("_keys", 4, 0), ("closing", 5, 0), ("logSince", 6, 0),
            ("verifier", 7, 0), ("_registrations", 8, 0), ("governor", 9, 0), ("accreditations", 9, 20), ("verifiers", 10, 0)];

        Assert.Equal(slots, CompiledContract.Registry.Storage.EnumerateArray().Select(v => (v.GetProperty("label").GetString()!, int.Parse(v.GetProperty("slot").GetString()!), v.GetProperty("offset").GetInt32())));
    }

    [Theory]
    [InlineData("IdentityRegistry")]
    [InlineData("IdentityGovernance")]
    public void The_contracts_run_on_networks_with_old_rules(string name)
    {
        // 0x5f is PUSH0, unknown before Shanghai; walk the code so that data of PUSHes is not taken for code.
        var code = Compiled(name).Runtime;
        var seen = new HashSet<byte>();
        for (var i = 0; i < code.Length; i++)
        {
            seen.Add(code[i]);
            if (code[i] is >= 0x60 and <= 0x7f) i += code[i] - 0x5f;
        }

        Assert.Contains((byte)0x55, seen); // SSTORE: the walk saw code
        Assert.DoesNotContain((byte)0x5f, seen);
        Assert.True(code.Length < 24_576);
    }

    [Fact]
    public void A_profile_is_canonical_json_and_its_id_is_the_hash()
    {
        var profile = new OrganisationProfile("http://localhost:5001/port-selin", "Port \"Selin\" College / é\u2028", "Talmara", true, "a\\b");

        Assert.Equal("""{"contact":"a\\b","country":"Talmara","demonstration":true,"issuer":"http://localhost:5001/port-selin","name":"Port \"Selin\" College / é""" + "\u2028" + "\"}", profile.Canonical());
        Assert.Equal(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(profile.Canonical())), profile.Id());
        Assert.True(OrganisationProfile.TryParse(profile.Canonical(), out var read, out var reason), reason);
        Assert.Equal(profile, read);
        Assert.True(OrganisationProfile.TryParse((profile with { Contact = null }).Canonical(), out read, out _));
        Assert.Null(read.Contact);
    }

    [Theory]
    [InlineData("""{"country":"T","demonstration":true,"issuer":"https://a.example","name":"n" }""")]
    [InlineData("""{"demonstration":true,"country":"T","issuer":"https://a.example","name":"n"}""")]
    [InlineData("""{"country":"T","demonstration":true,"issuer":"https://a.example","name":"\u006e"}""")]
    [InlineData("""{"country":"T","demonstration":true,"issuer":"https://a.example","name":"n","name":"m"}""")]
    [InlineData("""{"country":"T","demonstration":true,"issuer":"https://a.example","name":"n","other":1}""")]
    [InlineData("""{"contact":null,"country":"T","demonstration":true,"issuer":"https://a.example","name":"n"}""")]
    [InlineData("""{"country":"T","demonstration":"true","issuer":"https://a.example","name":"n"}""")]
    [InlineData("""{"country":"T","demonstration":true,"issuer":"a.example","name":"n"}""")]
    [InlineData("""{"country":"T","demonstration":true,"issuer":"file:///etc/passwd","name":"n"}""")]
    [InlineData("""{"country":"T","demonstration":true,"issuer":"https://a.example?x","name":"n"}""")]
    [InlineData("""{"country":"T","demonstration":true,"issuer":"https://a.example","name":""}""")]
    [InlineData("""{"country":"T","demonstration":true,"issuer":"https://a.example","name":"a\nb"}""")]
    [InlineData("""{"country":"T","demonstration":true,"issuer":"https://a.example","name":"\ud800"}""")]
    [InlineData("""[]""")]
    [InlineData("")]
    [InlineData("{")]
    public void A_profile_in_any_other_form_is_refused(string json)
    {
        Assert.False(OrganisationProfile.TryParse(json, out var profile, out var reason));
        Assert.Null(profile);
        Assert.NotEmpty(reason);
    }

    [Fact]
    public void A_profile_that_fits_the_contract_only_by_characters_is_refused()
    {
        var profile = new OrganisationProfile("https://a.example/" + new string('ä', 2500), "n", "T", true, null);

        Assert.NotNull(profile.Fault());
        Assert.False(OrganisationProfile.TryParse(profile.Canonical(), out _, out _));
        Assert.False(OrganisationProfile.TryParse(new string('x', 10_000), out _, out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("deadbeef")]
    [InlineData("08c379a0")]
    [InlineData("08c379a0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    public void Revert_data_of_no_known_form_is_still_a_refusal(string hex) =>
        Assert.Equal("Reverted", RegistryAbi.Refusal(Convert.FromHexString(hex)).Error);

    private static CompiledContract Compiled(string name) => name == "IdentityRegistry" ? CompiledContract.Registry : CompiledContract.Governance;

    internal static IEnumerable<string> Signatures(CompiledContract contract, string type) => contract.Interface.EnumerateArray()
        .Where(entry => entry.GetProperty("type").GetString() == type)
        .Select(entry => entry.GetProperty("name").GetString() + "(" + string.Join(',', entry.GetProperty("inputs").EnumerateArray().Select(input => input.GetProperty("type").GetString())) + ")")
        .Order(StringComparer.Ordinal);
}
