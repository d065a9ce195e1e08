using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Identity.Credentials.Dcql;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;
using Identity.Fuzz.Targets;
using Identity.Issuer.Bulk;
using Identity.Wallet.Holder;

namespace Identity.Fuzz.Tests;

/// <summary>What holds for every value that programs give each other: what is written is read back the same, and what was changed on the way is not believed.</summary>
public sealed class PropertyTests
{
    private static readonly Config Always = Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(20261122, 1);
    private static readonly string[] Claims = ["holder_name", "title", "level_eqf", "awarding_country", "languages", "unknown"];

    [Fact]
    public void Any_table_comes_back_from_csv_whatever_separates_it() => Prop.ForAll<NonEmptyArray<NonEmptyArray<string?>>, byte>((table, which) =>
    {
        var rows = table.Get.Select(row => row.Get.Take(30).Select(Plain).ToList()).Where(row => row is not [""]).ToList();
        var (separator, end) = (",;\t"[which % 3], (which & 4) == 0 ? "\r\n" : "\n");
        // A first line that tells the separator and is no other kind of file.
        var text = new StringBuilder($"a{separator}b{end}");
        foreach (var row in rows) text.Append(string.Join(separator, row.Select(f => $"\"{f.Replace("\"", "\"\"", StringComparison.Ordinal)}\""))).Append(end);

        var read = Read(Encoding.UTF8.GetBytes(text.ToString()), out var fault);

        Assert.Null(fault);
        Assert.Equal(separator, read.Separator);
        Assert.Equal(rows, read.Records.Skip(1));
    }).Check(Always);

    [Fact]
    public void Any_bytes_are_a_table_or_refused_with_row_and_reason() => Prop.ForAll<byte[]>(bytes =>
    {
        Read(bytes, out var fault);
        Assert.True(fault is null or { Row: >= 1, Code.Length: > 0 });
    }).Check(Always);

    [Fact]
    public void Any_offer_comes_back_from_its_json_and_from_each_kind_of_link() => Prop.ForAll<NonEmptyString, NonEmptyArray<NonEmptyString>, byte>((code, ids, which) =>
    {
        var names = ids.Get.Select((id, i) => Plain($"{i}{id.Get}")).Take(32).Where(id => id.Length <= 200).ToList();
        var offer = new JsonObject
        {
            ["credential_issuer"] = "https://college.example/port-selin", ["credential_configuration_ids"] = new JsonArray([.. names.Select(n => (JsonNode)n)]),
            ["grants"] = new JsonObject { ["urn:ietf:params:oauth:grant-type:pre-authorized_code"] = new JsonObject { ["pre-authorized_code"] = "c" + Plain(code.Get) } },
        }.ToJsonString();
        var link = (which % 3) switch { 0 => "openid-credential-offer://?", 1 => "haip-vci://?", _ => "https://wallet.example/#offer?" } + "credential_offer=" + Uri.EscapeDataString(offer);

        Assert.True(CredentialOffer.TryReadLink(link, out var value, out var reference));
        Assert.Equal((offer, null), (value, reference));
        Assert.True(CredentialOffer.TryParse(value!, out var read, out var reason), reason);
        Assert.Equal(names, read.ConfigurationIds);
        Assert.Equal(("https://college.example/port-selin", "c" + Plain(code.Get)), (read.Issuer, read.PreAuthorizedCode));
    }).Check(Always);

    [Fact]
    public void Whoever_is_named_as_issuer_of_an_offer_has_a_web_address_and_nothing_hidden_in_it() => Prop.ForAll<string?>(text =>
    {
        foreach (var issuer in new[] { text, $"https://{text}", $"https://college.example{text}", $"http{text}://college.example" })
        {
            var offer = new JsonObject { ["credential_issuer"] = Plain(issuer), ["credential_configuration_ids"] = new JsonArray("a"), ["grants"] = new JsonObject { ["authorization_code"] = new JsonObject() } };
            if (CredentialOffer.TryParse(offer.ToJsonString(), out var read, out _)) Assert.True(new Uri(read.Issuer) is { Scheme: "https" or "http", UserInfo: "", Query: "", Fragment: "" });
            CredentialOffer.TryReadLink(Plain(issuer), out _, out _);
        }
    }).Check(Always);

    [Fact]
    public void Any_request_is_read_as_it_was_signed_and_not_at_all_once_one_character_differs() => Prop.ForAll<NonNull<string>, NonNegativeInt, byte>((state, place, with) =>
    {
        using var certificate = X509CertificateLoader.LoadCertificate(World.Certificate(World.VerifierKey, "verifier"));
        var client = $"x509_hash:{X5c.Hash(certificate)}";
        var query = Query(place.Get);
        var signed = Jws.Sign(
            new JsonObject { ["typ"] = "oauth-authz-req+jwt", ["x5c"] = X5c.ToJson([certificate]) },
            new JsonObject
            {
                ["client_id"] = client, ["aud"] = "https://self-issued.me/v2", ["response_type"] = "vp_token", ["response_mode"] = "direct_post", ["response_uri"] = "https://verifier.example/responses/1",
                ["nonce"] = World.Nonce, ["state"] = Plain(state.Get), ["dcql_query"] = query.ToJson(), ["client_metadata"] = new JsonObject { ["client_name"] = "Harbour Yard" },
            }, World.VerifierKey);

        Assert.True(PresentationRequest.TryRead(signed, client, null, false, out var read, out var refusal), refusal?.Reason);
        Assert.Equal((World.Nonce, Plain(state.Get)), (read.Nonce, read.State));
        Assert.True(JsonNode.DeepEquals(query.ToJson(), read.Query.ToJson()));
        Assert.False(PresentationRequest.TryRead(Changed(signed, place.Get, with), client, null, false, out _, out refusal));
        Assert.NotEmpty(refusal!.Reason);
    }).Check(Always);

    [Fact]
    public void Any_query_comes_back_from_its_json_and_the_wallet_shows_nothing_beyond_it() => Prop.ForAll<int>(seed =>
    {
        SdJwtVc.TryParse(World.Credential(), out var credential, out _);
        var query = Query(seed);

        Assert.True(DcqlQuery.TryParse(JsonNode.Parse(query.ToJson().ToJsonString()), out var read, out var reason), reason);
        Assert.True(JsonNode.DeepEquals(query.ToJson(), read.ToJson()));
        foreach (var (id, found) in DcqlMatcher.Match(read, [HeldCredential.From("1", credential!)]).Candidates)
            Assert.All(found.SelectMany(f => f.Disclose), shown => Assert.Contains(read.Find(id)!.Claims, asked => asked.Path.Covers(shown) || shown.Covers(asked.Path)));
    }).Check(Always);

    // Half surrogates cannot be written, and a zero byte is refused where tables are read.
    private static string Plain(string? text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text ?? "")).Replace("\0", "", StringComparison.Ordinal);

    private static string Changed(string text, int place, byte with)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
        var at = place % text.Length;
        var other = Alphabet[with % Alphabet.Length];
        return text[..at] + (other == text[at] ? '=' : other) + text[(at + 1)..];
    }

    private static DcqlQuery Query(int seed)
    {
        var random = new Random(seed);
        var credentials = Enumerable.Range(0, random.Next(1, 4)).Select(n =>
        {
            var claims = Claims.Where(_ => random.Next(2) == 0).Select((name, i) => new DcqlClaim($"c{i}", name == "languages" ? new ClaimPath(name, null) : new ClaimPath(name), random.Next(4) == 0 ? [JsonValue.Create("XT"), JsonValue.Create(4)] : [])).ToList();
            IReadOnlyList<IReadOnlyList<string>> sets = claims.Count > 1 && random.Next(2) == 0 ? [[claims[0].Id!], [.. claims.Select(c => c.Id!)]] : [];
            return new DcqlCredential($"q{n}", "dc+sd-jwt", [World.Vct], claims, sets, random.Next(2) == 0, random.Next(3) > 0, random.Next(4) == 0 ? ["AAAA"] : null);
        }).ToList();
        return new DcqlQuery(credentials, random.Next(2) == 0 ? [] : [new DcqlCredentialSet([[credentials[0].Id], [.. credentials.Select(c => c.Id)]], random.Next(2) == 0)]);
    }

    private static (char Separator, List<IReadOnlyList<string>> Records) Read(byte[] bytes, out CsvRead.Fault? fault)
    {
        var reader = new CsvReader(new MemoryStream(bytes));
        var records = new List<IReadOnlyList<string>>();
        CsvRead next;
        while ((next = reader.Read()) is CsvRead.Record record) records.Add(record.Fields);
        fault = next as CsvRead.Fault;
        return (reader.Delimiter, records);
    }
}
