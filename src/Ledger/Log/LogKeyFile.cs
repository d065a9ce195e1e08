using Identity.Credentials.Jose;
using Identity.Hosting;

namespace Identity.Ledger.Log;

/// <summary>The file of the key that signs checkpoints, see <see cref="Ed25519Pem"/>.</summary>
public static class LogKeyFile
{
    /// <summary>Writes a new key to a new file that only its owner can read.</summary>
    public static Ed25519Key Create(string path)
    {
        var key = Ed25519Key.Create();
        Write(path, key);
        return key;
    }

    /// <summary>Writes a key to a new file that only its owner can read.</summary>
    internal static void Write(string path, Ed25519Key key)
    {
        // Whole or not at all: half a key would be in the way for ever. One name: what a killed call left, the next one takes away.
        var half = path + ".half";
        File.Delete(half);
        using (var file = new StreamWriter(half, PrivateFiles.Options(FileMode.CreateNew))) file.Write(Ed25519Pem.Write(key));
        File.Move(half, path);
    }

    /// <summary>Reads the key.</summary>
    /// <exception cref="InvalidOperationException">The file is missing or holds no Ed25519 key; the message says which.</exception>
    public static Ed25519Key Load(string path)
    {
        if (!File.Exists(path)) throw new InvalidOperationException($"The log's signing key {path} does not exist. Create it with: openssl genpkey -algorithm ed25519 -out {path}");
        if (Ed25519Pem.TryRead(File.ReadAllText(path), out var key)) return key;
        throw new InvalidOperationException($"{path} holds no Ed25519 private key (PKCS #8, PEM).");
    }
}
