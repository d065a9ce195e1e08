using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;

namespace Identity.Hosting.Hsm;

/// <summary>
/// A token's library, loaded once in this process (PKCS #11 has one state for each process). A token that was taken out and put in
/// again is seen by many libraries only after they were begun anew, so that is done after a failure, while nobody is inside.
/// </summary>
internal sealed class Pkcs11Module
{
    private static readonly ConcurrentDictionary<string, Pkcs11Module> Loaded = new(StringComparer.Ordinal);

    private readonly string _path;
    private readonly ReaderWriterLockSlim _gate = new();
    private readonly Lock _opening = new();
    private IPkcs11Library? _library;
    private int _generation;

    // The package asks for "libdl", a name that only systems with a compiler's files have; its functions have been in libc since glibc 2.34.
    static Pkcs11Module()
    {
        if (!OperatingSystem.IsLinux()) return;
        NativeLibrary.SetDllImportResolver(typeof(IPkcs11Library).Assembly, (name, _, _) =>
            name == "libdl" && (NativeLibrary.TryLoad("libdl.so.2", out var found) || NativeLibrary.TryLoad("libc.so.6", out found)) ? found : IntPtr.Zero);
    }

    private Pkcs11Module(string path) => _path = path;

    public static Pkcs11Module Of(string path) => Loaded.GetOrAdd(path, p => new Pkcs11Module(p));

    /// <summary>Works with the library. What was opened in an earlier generation is gone.</summary>
    public T Use<T>(Func<IPkcs11Library, int, T> work)
    {
        _gate.EnterReadLock();
        try
        {
            return work(Open(), _generation);
        }
        finally
        {
            _gate.ExitReadLock();
        }
    }

    /// <summary>Begins anew, unless somebody did since.</summary>
    public void Renew(int generation)
    {
        _gate.EnterWriteLock();
        try
        {
            if (generation != _generation) return;
            _generation++;
            _library?.Dispose();
            _library = null;
        }
        catch (Pkcs11Exception)
        {
            _library = null; // it would not even end
        }
        finally
        {
            _gate.ExitWriteLock();
        }
    }

    private IPkcs11Library Open()
    {
        lock (_opening)
        {
            if (_library is not null) return _library;
            if (!File.Exists(_path)) throw new HsmException($"The token's library {_path} does not exist.", passing: false);
            var factories = new Pkcs11InteropFactories();
            try
            {
                return _library = factories.Pkcs11LibraryFactory.LoadPkcs11Library(factories, _path, AppType.MultiThreaded);
            }
            catch (Exception e) when (e is not OutOfMemoryException and not Pkcs11Exception)
            {
                throw new HsmException($"The token's library {_path} cannot be loaded: {e.Message}", passing: false, e);
            }
        }
    }
}
