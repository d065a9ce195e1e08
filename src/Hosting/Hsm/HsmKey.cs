using System.Collections.Concurrent;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;

namespace Identity.Hosting.Hsm;

/// <summary>
/// A private key of an elliptic curve that never leaves its token (PKCS #11, CKM_ECDSA). At most four signatures are made at a time,
/// each in its own session. After a failure the token is looked for anew, once; what then fails is told and may be tried again. A PIN
/// that was refused is not shown to the same token again by any key of this process, since tokens lock after a few wrong ones.
/// </summary>
public sealed class HsmKey : IDisposable
{
    private const int Sessions = 4;

    /// <summary>What tokens have refused: the token, by maker, serial number and label, and SHA-256 of the PIN.</summary>
    private static readonly ConcurrentDictionary<(string Token, string Pin), bool> RefusedPins = new();

    private readonly Pkcs11Uri _uri;
    private readonly Pkcs11Module _module;
    // Nothing ends a call into the token's library; what waits behind it is not to wait for ever.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _places = new(Sessions);
    private readonly ConcurrentBag<Seat> _free = [];

    private HsmKey(Pkcs11Uri uri, string? makeOn = null)
    {
        _uri = uri;
        _module = Pkcs11Module.Of(uri.ModulePath);
        if (makeOn is not null) Guarded((library, _) => Make(library, makeOn));
        (CurveOid, Point) = Guarded((library, generation) =>
        {
            var seat = Sit(library, generation);
            var read = ReadPublic(seat);
            _free.Add(seat);
            return read;
        });
    }

    /// <summary>The curve's object identifier.</summary>
    public string CurveOid { get; }

    /// <summary>The public key.</summary>
    public ECPoint Point { get; }

    /// <summary>Finds the key, logs in, and has it sign once.</summary>
    /// <param name="uri">Which key.</param>
    /// <param name="curveOid">The curve it must be on.</param>
    /// <param name="curveName">Its name, for messages.</param>
    /// <exception cref="HsmException">It is not there, is another kind of key, or the PIN is wrong; the message says which.</exception>
    public static HsmKey Open(Pkcs11Uri uri, string curveOid, string curveName) => Checked(new HsmKey(uri), uri, curveOid, curveName);

    /// <summary>Makes a new key in the token, which does not give it out (CKA_SENSITIVE, not CKA_EXTRACTABLE), and opens it.</summary>
    /// <param name="uri">Token, label and id of the new key.</param>
    /// <param name="curveOid">Its curve.</param>
    /// <param name="curveName">The curve's name, for messages.</param>
    /// <exception cref="HsmException">The token is away, or makes no such keys.</exception>
    public static HsmKey Create(Pkcs11Uri uri, string curveOid, string curveName) => Checked(new HsmKey(uri, curveOid), uri, curveOid, curveName);

    private static HsmKey Checked(HsmKey key, Pkcs11Uri uri, string curveOid, string curveName)
    {
        try
        {
            if (key.CurveOid != curveOid) throw new HsmException($"The key {uri} is on another curve ({key.CurveOid}); one on {curveName} is needed.", passing: false);
            using var check = ECDsa.Create(new ECParameters { Curve = ECCurve.CreateFromValue(curveOid), Q = key.Point });
            var hash = SHA256.HashData("whether the public key is this private key's"u8);
            if (!check.VerifyHash(hash, key.SignHash(hash))) throw new HsmException($"The public key that stands beside {uri} belongs to another private key.", passing: false);
            return key;
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>Signs a 32-byte hash: r ‖ s, 32 bytes each.</summary>
    /// <exception cref="HsmException">The token is away or refuses.</exception>
    public byte[] SignHash(ReadOnlySpan<byte> hash)
    {
        var bytes = hash.ToArray();
        if (!_places.Wait(LongestWait)) throw new HsmException($"The token of {_uri} has not answered for {LongestWait.TotalSeconds:0} seconds.", passing: true);
        try
        {
            return Guarded((library, generation) =>
            {
                var seat = Take(generation) ?? Sit(library, generation);
                using var mechanism = seat.Session.Factories.MechanismFactory.Create(CKM.CKM_ECDSA);
                var signature = seat.Session.Sign(mechanism, seat.Key, bytes);
                _free.Add(seat); // one that failed is left behind: the library closes it when it begins anew
                return signature.Length == 64 ? signature : throw new HsmException($"The token of {_uri} gave a signature of {signature.Length} bytes.", passing: false);
            });
        }
        finally
        {
            _places.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _module.Use((_, generation) =>
        {
            while (Take(generation) is { } seat) seat.Session.Dispose();
            return true;
        });
        _places.Dispose();
    }

    /// <summary>The key's name alone.</summary>
    public override string ToString() => _uri.ToString();

    private T Guarded<T>(Func<IPkcs11Library, int, T> work)
    {
        for (var attempt = 0; ; attempt++)
        {
            var generation = 0;
            try
            {
                return _module.Use((library, now) => work(library, generation = now));
            }
            catch (Exception e) when (e is Pkcs11Exception or HsmException { Passing: true })
            {
                if (attempt == 0) _module.Renew(generation);
                else throw e as HsmException ?? new HsmException($"The token of {_uri} does not answer as it should: {((Pkcs11Exception)e).RV}.", passing: true, e);
            }
        }
    }

    private Seat? Take(int generation)
    {
        while (_free.TryTake(out var seat))
            if (seat.Generation == generation) return seat;
        return null;
    }

    private Seat Sit(IPkcs11Library library, int generation)
    {
        var session = Enter(library, SessionType.ReadOnly);
        var create = session.Factories.ObjectAttributeFactory;
        var keys = session.FindAllObjects([.. Named(session), create.Create(CKA.CKA_CLASS, CKO.CKO_PRIVATE_KEY)]);
        return keys.Count switch
        {
            1 => new Seat(session, keys[0], generation),
            0 => throw new HsmException($"There is no private key {_uri} in its token.", passing: true), // as a token looks that was put in but is not whole yet
            _ => throw new HsmException($"More than one private key fits {_uri}: name its id.", passing: false),
        };
    }

    private ISession Enter(IPkcs11Library library, SessionType type)
    {
        var slot = SlotIn(library);
        var session = slot.OpenSession(type);
        LogIn(session, slot.GetTokenInfo());
        return session;
    }

    private ISlot SlotIn(IPkcs11Library library)
    {
        var slots = library.GetSlotList(SlotsType.WithTokenPresent).Where(slot => Fits(slot)).ToList();
        if (slots.Count == 0) throw new HsmException($"The token of {_uri} is not there.", passing: true);
        return slots.Count == 1 ? slots[0] : throw new HsmException($"More than one token fits {_uri}: name its serial number.", passing: false);
    }

    // Asked twice, after a failure whose outcome is not known: the key may be there by then.
    private bool Make(IPkcs11Library library, string curveOid)
    {
        using var session = Enter(library, SessionType.ReadWrite);
        var create = session.Factories.ObjectAttributeFactory;
        if (session.FindAllObjects([.. Named(session), create.Create(CKA.CKA_CLASS, CKO.CKO_PRIVATE_KEY)]).Count > 0) return true;
        var curve = new AsnWriter(AsnEncodingRules.DER);
        curve.WriteObjectIdentifier(curveOid);
        using var mechanism = session.Factories.MechanismFactory.Create(CKM.CKM_EC_KEY_PAIR_GEN);
        session.GenerateKeyPair(mechanism,
            [.. Named(session), create.Create(CKA.CKA_TOKEN, true), create.Create(CKA.CKA_VERIFY, true), create.Create(CKA.CKA_EC_PARAMS, curve.Encode())],
            [.. Named(session), create.Create(CKA.CKA_TOKEN, true), create.Create(CKA.CKA_PRIVATE, true), create.Create(CKA.CKA_SENSITIVE, true), create.Create(CKA.CKA_EXTRACTABLE, false), create.Create(CKA.CKA_SIGN, true)],
            out _, out _);
        return true;
    }

    private bool Fits(ISlot slot)
    {
        var token = slot.GetTokenInfo();
        return (_uri.Token is null || token.Label.TrimEnd() == _uri.Token) && (_uri.Serial is null || token.SerialNumber.TrimEnd() == _uri.Serial);
    }

    private void LogIn(ISession session, ITokenInfo token)
    {
        var pin = _uri.Pin();
        var shown = ($"{token.ManufacturerId} {token.SerialNumber} {token.Label}", Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(pin))));
        if (RefusedPins.ContainsKey(shown)) throw WrongPin(null);
        try
        {
            session.Login(CKU.CKU_USER, pin);
        }
        catch (Pkcs11Exception e) when (e.RV == CKR.CKR_USER_ALREADY_LOGGED_IN)
        {
            // By another session of this process: a login is the process's.
        }
        catch (Pkcs11Exception e) when (e.RV is CKR.CKR_PIN_INCORRECT or CKR.CKR_PIN_INVALID or CKR.CKR_PIN_LEN_RANGE)
        {
            RefusedPins[shown] = true;
            throw WrongPin(e);
        }
        catch (Pkcs11Exception e) when (e.RV == CKR.CKR_PIN_LOCKED)
        {
            throw new HsmException($"The token of {_uri} is locked after too many wrong PINs: its owner must unlock it.", passing: false, e);
        }
    }

    private HsmException WrongPin(Exception? inner) => new($"The token of {_uri} refuses the PIN. Put the right one where pin-source says; this one is not shown to the token again as long as the process lives, since tokens lock. If it is right by now, because the token's was changed, start the service anew.", passing: false, inner);

    private IEnumerable<IObjectAttribute> Named(ISession session)
    {
        var create = session.Factories.ObjectAttributeFactory;
        if (_uri.Object is not null) yield return create.Create(CKA.CKA_LABEL, _uri.Object);
        if (_uri.Id is not null) yield return create.Create(CKA.CKA_ID, _uri.Id);
    }

    private (string Curve, ECPoint Point) ReadPublic(Seat seat)
    {
        var create = seat.Session.Factories.ObjectAttributeFactory;
        var read = seat.Session.GetAttributeValue(seat.Key, [CKA.CKA_KEY_TYPE, CKA.CKA_ID]);
        if (read[0].GetValueAsUlong() != (ulong)CKK.CKK_EC) throw new HsmException($"The key {_uri} is not of an elliptic curve.", passing: false);
        var id = read[1].CannotBeRead ? [] : read[1].GetValueAsByteArray();
        var publics = seat.Session.FindAllObjects([create.Create(CKA.CKA_CLASS, CKO.CKO_PUBLIC_KEY), .. id.Length > 0 ? [create.Create(CKA.CKA_ID, id)] : Named(seat.Session)]);
        if (publics.Count != 1) throw new HsmException($"The public key of {_uri} must lie beside it in the token, once, with the same id.", passing: false);
        var values = seat.Session.GetAttributeValue(publics[0], [CKA.CKA_EC_PARAMS, CKA.CKA_EC_POINT]);
        try
        {
            var curve = AsnDecoder.ReadObjectIdentifier(values[0].GetValueAsByteArray(), AsnEncodingRules.DER, out _);
            var point = AsnDecoder.ReadOctetString(values[1].GetValueAsByteArray(), AsnEncodingRules.DER, out _);
            if (point.Length == 65 && point[0] == 4) return (curve, new ECPoint { X = point[1..33], Y = point[33..] });
        }
        catch (AsnContentException)
        {
            // Falls through.
        }
        throw new HsmException($"The public key of {_uri} is not on a named curve of 256 bits.", passing: false);
    }

    private sealed record Seat(ISession Session, IObjectHandle Key, int Generation);
}
