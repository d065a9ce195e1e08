using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Identity.Drill;

/// <summary>
/// Stands between the Issuer and PostgreSQL, on a socket of its own: reads each message of the wire protocol (version 3), and lets a statement in, or
/// its answer out, when the process may live on.
/// </summary>
internal sealed class PostgresTap : IAsyncDisposable
{
    private const int Encryption = 80877103, GssEncryption = 80877104;

    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly UnixDomainSocketEndPoint _server;
    private readonly KillPoints _points;
    private readonly Task _accepting;
    private int _connections;

    /// <param name="folder">Where to listen: the connection string's <c>Host</c>.</param>
    /// <param name="server">The folder of the server's own socket.</param>
    /// <param name="points">Who decides.</param>
    public PostgresTap(string folder, string server, KillPoints points)
    {
        (_server, _points) = (new UnixDomainSocketEndPoint(Path.Combine(server, ".s.PGSQL.5432")), points);
        _listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(folder, ".s.PGSQL.5432")));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var issuer = await _listener.AcceptAsync();
                _ = Task.Run(() => new Conversation(_points, $"{++_connections}").RunAsync(issuer, _server));
            }
        }
        catch (Exception over) when (over is SocketException or ObjectDisposedException)
        {
            // The drill is over.
        }
    }

    private sealed class Conversation(KillPoints points, string name)
    {
        private readonly Dictionary<string, string> _statements = [], _portals = [];

        // What was sent up to each point at which the server says that it is ready; the first such word follows the greeting.
        private readonly ConcurrentQueue<List<string>> _sent = new([[]]);
        private List<string> _open = [];

        public async Task RunAsync(Socket issuer, UnixDomainSocketEndPoint address)
        {
            using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await server.ConnectAsync(address);
            await using NetworkStream from = new(issuer, ownsSocket: true), to = new(server);
            try
            {
                await GreetAsync(from, to);
                await await Task.WhenAny(InwardAsync(from, to), OutwardAsync(to, from));
            }
            catch (IOException)
            {
                // One of the two is gone.
            }
        }

        private static async Task GreetAsync(NetworkStream from, NetworkStream to)
        {
            while (true)
            {
                var message = await ReadAsync(from, typed: false);
                if (BinaryPrimitives.ReadInt32BigEndian(message.AsSpan(4)) is not (Encryption or GssEncryption))
                {
                    await to.WriteAsync(message);
                    return;
                }
                await from.WriteAsync("N"u8.ToArray());
            }
        }

        private async Task InwardAsync(NetworkStream from, NetworkStream to)
        {
            for (; ; )
            {
                var message = await ReadAsync(from, typed: true);
                var sql = Note(message);
                if (sql is not null)
                {
                    _open.Add(sql);
                    if (!await points.PassStatementAsync("before", name, sql)) return;
                }
                if (message[0] is (byte)'Q' or (byte)'S')
                {
                    _sent.Enqueue(_open);
                    _open = [];
                }
                await to.WriteAsync(message);
            }
        }

        private async Task OutwardAsync(NetworkStream from, NetworkStream to)
        {
            for (var failed = false; ;)
            {
                var message = await ReadAsync(from, typed: true);
                if (message[0] == (byte)'E') failed = true;
                if (message[0] == (byte)'Z' && _sent.TryDequeue(out var done))
                {
                    foreach (var sql in failed ? [] : done)
                        if (!await points.PassStatementAsync("after", name, sql)) return;
                    failed = false;
                }
                await to.WriteAsync(message);
            }
        }

        // Parse names a statement, Bind a portal of it, Execute runs it; Query is all in one.
        private string? Note(byte[] message)
        {
            var texts = Encoding.UTF8.GetString(message, 5, message.Length - 5).Split('\0', 3);
            switch ((char)message[0])
            {
                case 'Q': return texts[0];
                case 'P': _statements[texts[0]] = texts[1]; return null;
                case 'B': _portals[texts[0]] = _statements.GetValueOrDefault(texts[1], ""); return null;
                case 'E': return _portals.GetValueOrDefault(texts[0], "");
                default: return null;
            }
        }

        private static async Task<byte[]> ReadAsync(NetworkStream stream, bool typed)
        {
            var head = new byte[typed ? 5 : 4];
            await stream.ReadExactlyAsync(head);
            var message = new byte[BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(head.Length - 4)) + (typed ? 1 : 0)];
            head.CopyTo(message, 0);
            await stream.ReadExactlyAsync(message.AsMemory(head.Length));
            return message;
        }
    }
}
