using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Identity.Benchmarks.Checking;

/// <summary>A client that costs next to nothing, so that the server's work is what is measured: one connection, requests written beforehand, answers read to their end.</summary>
internal sealed class PlainHttp(Uri server) : IDisposable
{
    private static readonly byte[] Gap = "\r\n\r\n"u8.ToArray();
    private static readonly byte[] LastChunk = "\r\n0\r\n\r\n"u8.ToArray();
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _answer = new byte[64 * 1024];

    /// <summary>The bytes of a POST.</summary>
    public static byte[] Post(Uri server, string path, string type, string body) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"POST {path} HTTP/1.1\r\nHost: {server.Authority}\r\nContent-Type: {type}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"));

    /// <summary>The bytes of a GET.</summary>
    public static byte[] Get(Uri server, string path) => Encoding.UTF8.GetBytes($"GET {path} HTTP/1.1\r\nHost: {server.Authority}\r\n\r\n");

    public Task ConnectAsync() => _socket.ConnectAsync(server.Host == "localhost" ? "127.0.0.1" : server.Host, server.Port);

    /// <summary>Sends and reads the whole answer; throws where it is not 200 or does not hold what is expected.</summary>
    public async Task SendAsync(byte[] request, byte[] expected)
    {
        await _socket.SendAsync(request.AsMemory());
        var length = 0;
        while (!IsWhole(_answer.AsSpan(0, length)))
        {
            var read = await _socket.ReceiveAsync(_answer.AsMemory(length));
            if (read == 0 || (length += read) == _answer.Length) throw new InvalidOperationException("The answer ended early or is too long.");
        }
        if (!_answer.AsSpan(0, length).StartsWith("HTTP/1.1 200"u8) || _answer.AsSpan(0, length).IndexOf(expected) < 0)
            throw new InvalidOperationException($"Not the answer that was expected: {Encoding.UTF8.GetString(_answer, 0, length)}");
    }

    public void Dispose() => _socket.Dispose();

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var gap = answer.IndexOf(Gap);
        if (gap < 0) return false;
        var head = Encoding.ASCII.GetString(answer[..gap]);
        const string Name = "\r\nContent-Length: ";
        if (head.IndexOf(Name, StringComparison.OrdinalIgnoreCase) is >= 0 and var at)
        {
            var end = head.IndexOf('\r', at + 2);
            return answer.Length >= gap + 4 + int.Parse(head.AsSpan(at + Name.Length, (end < 0 ? head.Length : end) - at - Name.Length), CultureInfo.InvariantCulture);
        }
        return answer.EndsWith(LastChunk);
    }
}
