using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Identity.TestKit;

/// <summary>A mail server on loopback that keeps what it is given (RFC 5321, without TLS), and can be told to turn mail away.</summary>
public sealed class SmtpServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    public SmtpServer()
    {
        _listener.Start();
        _running = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Whole messages, as they came, with their envelope's recipient in the first line.</summary>
    public ConcurrentQueue<string> Received { get; } = new();

    /// <summary>While true every message is turned away for the moment (451).</summary>
    public bool TurnsAway
    {
        get => _turnsAway;
        set => _turnsAway = value;
    }

    /// <summary>How many were turned away.</summary>
    public int TurnedAway => _turnedAway;

    private volatile bool _turnsAway;
    private int _turnedAway;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _running;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var sessions = new List<Task>();
        try
        {
            while (true) sessions.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException) { }
        await Task.WhenAll(sessions);
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await using var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.Latin1);
                Task Say(string text) => stream.WriteAsync(Encoding.ASCII.GetBytes(text + "\r\n"), _stop.Token).AsTask();
                await Say("220 test");
                var to = "";
                while (await reader.ReadLineAsync(_stop.Token) is { } line)
                {
                    if (line.StartsWith("RCPT TO:", StringComparison.OrdinalIgnoreCase)) to = line[8..].Trim('<', '>', ' ');
                    if (line.StartsWith("MAIL", StringComparison.OrdinalIgnoreCase) && TurnsAway)
                    {
                        Interlocked.Increment(ref _turnedAway);
                        await Say("451 later");
                        continue;
                    }
                    if (line.Equals("DATA", StringComparison.OrdinalIgnoreCase))
                    {
                        await Say("354 go");
                        var text = new StringBuilder(to).Append('\n');
                        while (await reader.ReadLineAsync(_stop.Token) is { } part && part != ".") text.Append(part).Append('\n');
                        Received.Enqueue(text.ToString());
                    }
                    await Say(line.StartsWith("QUIT", StringComparison.OrdinalIgnoreCase) ? "221 bye" : "250 ok");
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException) { }
        }
    }
}
