using System.Text.Json.Nodes;
using Identity.Credentials.Dcql;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;

namespace Identity.Credentials.Verdicts;

/// <summary>Judges an SD-JWT VC; it has been taken apart already.</summary>
internal sealed class SdJwtExamination(SdJwtDocument document, IReadOnlyList<Jwk> publishedKeys, Examination examination)
{
    /// <summary>Members of the payload that are not claims about the person.</summary>
    private static readonly IReadOnlyList<string> Technical = ["iss", "iat", "nbf", "exp", "cnf", "vct", "vct#integrity", "aka_vcts", "status", "_sd_alg", "jti"];

    private CheckSheet Sheet => examination.Sheet;

    public Verdict Run()
    {
        if (document.Jwt.Type != SdJwtVc.Typ)
        {
            Sheet.Fail(CheckName.Format, ReasonCode.Unsupported, "typ is not dc+sd-jwt");
            return examination.Close();
        }

        if (!SdJwtVc.TryRead(document, out var credential, out var why)) return Unread(why);

        examination.Facts = examination.Facts with
        {
            Type = credential.Vct,
            Format = SdJwtVc.Typ,
            StatedIssuer = credential.Issuer,
            ValidFrom = credential.NotBefore,
            ValidUntil = credential.Expires,
            IssuedAt = credential.IssuedAt,
        };
        Sheet.Pass(CheckName.Format, "SD-JWT VC");
        examination.CheckType(credential.Vct);
        examination.Remember(Entry.OfJwt(document.Jwt.Compact));
        CheckSignatureAndIssuer(credential.Issuer);
        examination.Claims = ClaimsOf(credential);
        examination.CheckAccreditation();
        CheckBinding(credential);
        examination.CheckAsks(new PresentedCredential(SdJwtVc.Typ, credential.Vct, credential.Claims, true, Authorities(credential)), null);
        examination.CheckStatus(credential.Status);
        examination.CheckDates(credential.NotBefore ?? credential.IssuedAt, credential.Expires);
        return examination.Close();
    }

    /// <summary>Disclosures that do not fit what was signed are an alteration; a payload that is no credential is malformed.</summary>
    private Verdict Unread(string why)
    {
        if (document.TryProcess(out _, out var broken))
        {
            Sheet.Fail(CheckName.Format, ReasonCode.Malformed, why);
        }
        else
        {
            Sheet.Pass(CheckName.Format, "SD-JWT");
            Sheet.Fail(CheckName.Signature, ReasonCode.Altered, broken);
        }

        return examination.Close();
    }

    private void CheckSignatureAndIssuer(string? iss)
    {
        var issuer = iss is null ? null : examination.Trust.FindOrganisationByIssuer(iss);
        examination.SetIssuer(issuer, iss is null ? "it names no issuer" : "the register has no organisation of this name");

        var jws = document.Jwt;
        if (jws.Header["x5c"] is not null)
        {
            var leaf = Leaf.Of(jws);
            if (leaf is null || !Verifies(leaf.Key, out _) || !LeafRule.IsNamed(leaf, jws))
            {
                Sheet.Fail(CheckName.Signature, ReasonCode.Altered, leaf is not null && !LeafRule.IsNamed(leaf, jws) ? "its key id names another key than its certificate" : "the key of its certificate did not make the signature");
                Sheet.Skip(CheckName.IssuerKey, "the key is not known");
                return;
            }

            Sheet.Pass(CheckName.Signature, $"{jws.Algorithm} by the key of its certificate");
            CheckRegistered(leaf.Key, issuer);
            examination.CheckLeaf(leaf, iss);
            return;
        }

        var registered = Base64Url.TryDecode(jws.KeyId, out var kid) && kid.Length == 32 && issuer is not null ? Own(kid, issuer) : [];
        if (registered.Count > 0)
        {
            if (registered.Any(r => ImportedKeys.Find(r.Key) is { } key && jws.Verify(key)))
            {
                Sheet.Pass(CheckName.Signature, $"{jws.Algorithm} by the registered key");
                examination.CheckKey(registered);
            }
            else
            {
                Sheet.Fail(CheckName.Signature, ReasonCode.Altered, "the registered key with its key id did not make the signature");
                Sheet.Skip(CheckName.IssuerKey, "the signature does not show who signed");
            }

            return;
        }

        CheckPublished(jws, issuer);
    }

    /// <summary>Keys that an issuer publishes about itself say whether its text was changed, and nothing about its standing.</summary>
    private void CheckPublished(Jws jws, OrganisationRecord? issuer)
    {
        Sheet.Skip(CheckName.IssuerKey, "the key is not known");
        foreach (var key in publishedKeys)
        {
            if (Verifies(key, out var named))
            {
                Sheet.Pass(CheckName.Signature, $"{jws.Algorithm} by a key the issuer publishes");
                CheckRegistered(key, issuer);
                return;
            }

            if (!named) continue;
            Sheet.Fail(CheckName.Signature, ReasonCode.Altered, "the published key with its key id did not make the signature");
            return;
        }

        Sheet.Skip(CheckName.Signature, "no key at hand to check it with");
        if (issuer is not null) Sheet.Skip(CheckName.Issuer, "the register has no key of this id for it", examination.IsLedgerFresh ? ReasonCode.IssuerUnknown : null);
    }

    private void CheckRegistered(Jwk key, OrganisationRecord? issuer)
    {
        if (issuer is null)
        {
            Sheet.Skip(CheckName.IssuerKey, "the issuer is not known");
            return;
        }

        var registered = Own(key.Thumbprint(), issuer);
        examination.CheckKey(registered);
    }

    private List<KeyRecord> Own(byte[] thumbprint, OrganisationRecord issuer) =>
        [.. examination.Trust.FindKeys(thumbprint).Where(k => k.Organisation.AsSpan().SequenceEqual(issuer.Id))];

    /// <summary>Certificates are costly to read, so only where the query names authorities.</summary>
    private IReadOnlyList<string> Authorities(SdJwtVc credential) =>
        examination.Expectations.Asked?.AuthorityKeyIds is null ? [] : AuthorityKeys.Of(credential);

    private bool Verifies(Jwk jwk, out bool named)
    {
        named = document.Jwt.KeyId is { } kid && (kid == jwk.Kid || kid == jwk.ThumbprintText());
        var known = examination.Trust.FindKeys(jwk.Thumbprint()).FirstOrDefault(k => k.Key.SameKey(jwk));
        if (known is not null && ImportedKeys.Find(known.Key) is { } ready) return document.Jwt.Verify(ready);
        if (!VerificationKey.TryImport(jwk, out var key, out _)) return false;
        using (key) return document.Jwt.Verify(key);
    }

    private void CheckBinding(SdJwtVc credential)
    {
        if (examination.Expectations is Expectations.File)
        {
            examination.NoBindingAsked();
            return;
        }

        if (examination.Expectations is not Expectations.Online online)
        {
            examination.BindingFailed(ReasonCode.HolderNotProven, "an SD-JWT does not answer a challenge");
            return;
        }

        if (document.KeyBindingJwt is null && online.Asked is { RequireHolderBinding: false })
        {
            examination.NoBindingAsked();
            return;
        }

        if (credential.HolderKey is null)
        {
            examination.BindingFailed(ReasonCode.HolderNotProven, "it names no holder key");
            return;
        }

        if (KeyBinding.TryVerify(document, credential.HolderKey, online.Nonce, online.Audience, examination.Now, examination.Policy.KeyBindingWindow, out var why))
        {
            examination.BindingHolds(BindingLevel.OnlineKeyBinding, "answers this request", credential.HolderKey.ThumbprintText());
            return;
        }

        examination.BindingFailed(why switch
        {
            "kb_audience" => ReasonCode.WrongAudience,
            "kb_nonce" or "kb_iat" => ReasonCode.Replayed,
            _ => ReasonCode.HolderNotProven,
        }, why);
    }

    private static JsonObject ClaimsOf(SdJwtVc credential)
    {
        var claims = new JsonObject();
        foreach (var (name, value) in credential.Claims)
        {
            if (!Technical.Contains(name)) claims[name] = value?.DeepClone();
        }

        return claims;
    }
}
