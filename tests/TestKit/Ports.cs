using System.Net;
using System.Net.Sockets;

namespace Identity.TestKit;

/// <summary>
/// Ports for servers whose address must be known before they listen. They lie below the range the kernel gives to port 0
/// and to outgoing connections (from 32768 on Linux), so nothing else takes one between here and the listening.
/// </summary>
public static class Ports
{
    private const int First = 12_000;
    private const int Count = 18_000;
    private const int Stride = 16;
    private static readonly List<FileStream> Kept = [];
    private static int _next = Random.Shared.Next(Count / Stride);

    /// <summary>One port, free on both loopback addresses and given to nobody else in this process.</summary>
    public static int Free() => FreeBase(0);

    /// <summary>A port from which all these offsets (below 16) are free in the same way.</summary>
    /// <exception cref="InvalidOperationException">Every place is taken.</exception>
    public static int FreeBase(params int[] offsets)
    {
        for (var tries = 0; tries < Count / Stride; tries++)
        {
            var start = First + ((uint)Interlocked.Increment(ref _next) % (Count / Stride) * Stride);
            if (TryKeep((int)start) && offsets.All(offset => IsFree((int)start + offset))) return (int)start;
        }
        throw new InvalidOperationException("No free ports.");
    }

    // Two test processes at once: a file that stays locked until this process ends says whose place it is.
    private static bool TryKeep(int start)
    {
        try
        {
            var folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "identity-test-ports"));
            var file = new FileStream(Path.Combine(folder.FullName, $"{start}"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            lock (Kept) Kept.Add(file);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool IsFree(int port) => CanListen(IPAddress.Loopback, port) && (!Socket.OSSupportsIPv6 || CanListen(IPAddress.IPv6Loopback, port));

    private static bool CanListen(IPAddress address, int port)
    {
        try
        {
            using var listener = new TcpListener(address, port);
            listener.Start();
            return true;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported; // this machine has no such loopback
        }
    }
}
