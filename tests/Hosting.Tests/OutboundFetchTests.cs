using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Options;

namespace Identity.Hosting.Tests;

public sealed class OutboundFetchTests
{
    [Theory]
    [InlineData("127.0.0.1"), InlineData("127.8.9.1"), InlineData("10.0.0.1"), InlineData("172.16.0.1"), InlineData("172.31.255.255"), InlineData("192.168.1.1")]
    [InlineData("169.254.169.254"), InlineData("100.64.0.1"), InlineData("0.0.0.0"), InlineData("224.0.0.1"), InlineData("255.255.255.255"), InlineData("192.0.2.1")]
    [InlineData("198.18.0.1"), InlineData("::1"), InlineData("::"), InlineData("fe80::1"), InlineData("fc00::1"), InlineData("ff02::1")]
    [InlineData("::ffff:127.0.0.1"), InlineData("::ffff:10.0.0.1"), InlineData("64:ff9b::7f00:1"), InlineData("2002:7f00:1::"), InlineData("2001:db8::1"), InlineData("2001::1")]
    [InlineData("100.127.255.255"), InlineData("192.88.99.1"), InlineData("64:ff9b::10.0.0.1"), InlineData("64:ff9b:1::1"), InlineData("2002:a00:1::"), InlineData("::ffff:169.254.169.254"), InlineData("::127.0.0.1"), InlineData("2001:2::1"), InlineData("2001:20::1"), InlineData("3fff::1"), InlineData("fd00:ec2::254"), InlineData("100::1"), InlineData("240.0.0.1")]
    public void Attack_an_inner_address_is_not_public(string address) => Assert.False(OutboundFetch.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("9.9.9.9"), InlineData("172.15.0.1"), InlineData("172.32.0.1"), InlineData("100.63.0.1"), InlineData("2a00:1450::1"), InlineData("::ffff:9.9.9.9")]
    public void An_outer_address_is_public(string address) => Assert.True(OutboundFetch.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("http://example.org/"), InlineData("file:///etc/passwd"), InlineData("ftp://example.org/"), InlineData("https://user:pass@example.org/"), InlineData("http://127.0.0.1.example.org/")]
    public async Task Attack_a_scheme_other_than_https_is_refused(string uri)
    {
        using var fetch = Fetch(allowLoopback: true);

        Assert.IsType<FetchResult.Refused>(await fetch.GetAsync(new Uri(uri), "*/*", 1000, default));
    }

    [Theory]
    [InlineData("https://127.0.0.1:1/"), InlineData("https://localhost:1/"), InlineData("https://[::1]:1/"), InlineData("https://[::ffff:127.0.0.1]:1/"), InlineData("https://10.0.0.1/"), InlineData("https://2130706433/")]
    public async Task Attack_https_to_an_inner_address_is_refused_before_a_packet_leaves(string uri)
    {
        using var fetch = Fetch(allowLoopback: false);

        var refused = Assert.IsType<FetchResult.Refused>(await fetch.GetAsync(new Uri(uri), "*/*", 1000, default));

        Assert.Equal("The address is not on the public Internet.", refused.Reason);
    }

    [Fact]
    public async Task Attack_a_redirect_is_not_followed()
    {
        using var server = new OneAnswer("HTTP/1.1 302 Found\r\nLocation: https://example.org/\r\nContent-Length: 0\r\n\r\n");
        using var fetch = Fetch(allowLoopback: true);

        var refused = Assert.IsType<FetchResult.Refused>(await fetch.GetAsync(server.Uri, "*/*", 1000, default));

        Assert.Contains("redirect", refused.Reason);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7d1\r\n")]
    public async Task Attack_a_body_over_the_limit_is_cut_off(string head)
    {
        using var server = new OneAnswer(head + new string('x', 2001) + "\r\n0\r\n\r\n");
        using var fetch = Fetch(allowLoopback: true);

        var refused = Assert.IsType<FetchResult.Refused>(await fetch.GetAsync(server.Uri, "*/*", 1000, default));

        Assert.Contains("larger", refused.Reason);
    }

    [Fact]
    public async Task Attack_a_server_that_never_ends_is_given_up()
    {
        using var server = new OneAnswer("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf", keepOpen: true);
        using var fetch = Fetch(allowLoopback: true, seconds: 1);

        var refused = Assert.IsType<FetchResult.Refused>(await fetch.GetAsync(server.Uri, "*/*", 1000, default));

        Assert.Contains("No answer", refused.Reason);
    }

    [Fact]
    public async Task An_answer_on_loopback_is_read_where_settings_allow_it()
    {
        using var server = new OneAnswer("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nETag: \"a\"\r\nContent-Length: 2\r\n\r\nhi");
        using var fetch = Fetch(allowLoopback: true);

        var answer = Assert.IsType<FetchResult.Answer>(await fetch.GetAsync(server.Uri, "*/*", 1000, default));

        Assert.Equal(("hi", "text/plain", "\"a\""), (Encoding.ASCII.GetString(answer.Body), answer.ContentType, answer.ETag));
    }

    [Fact]
    public async Task Attack_68_a_name_that_leads_outside_first_and_inside_then_is_resolved_once_and_only_its_outer_address_is_tried()
    {
        var asked = 0;
        using var fetch = new OutboundFetch(Options.Create(new OutboundOptions { Timeout = TimeSpan.FromSeconds(1) }))
        {
            // 192.0.2.0/24 and 10/8 are refused; 9.9.9.9 is the only one left, and nobody answers there within the second.
            Resolve = (_, _) => Task.FromResult(Interlocked.Increment(ref asked) == 1 ? [IPAddress.Loopback, IPAddress.Parse("10.0.0.1"), IPAddress.Parse("::ffff:127.0.0.1")] : new[] { IPAddress.Parse("9.9.9.9") }),
        };

        var refused = Assert.IsType<FetchResult.Refused>(await fetch.GetAsync(new Uri("https://rebind.example/"), "*/*", 1000, default));

        Assert.Equal("The address is not on the public Internet.", refused.Reason);
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task Attack_68_the_connection_goes_to_the_address_that_was_checked_whatever_the_name_server_says_next()
    {
        using var server = new OneAnswer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        var asked = new List<string>();
        using var fetch = new OutboundFetch(Options.Create(new OutboundOptions { AllowLoopback = true, Timeout = TimeSpan.FromSeconds(30) }))
        {
            Resolve = (host, _) =>
            {
                asked.Add(host);
                return Task.FromResult(asked.Count == 1 ? [IPAddress.Loopback] : new[] { IPAddress.Parse("10.0.0.1") });
            },
        };

        Assert.IsType<FetchResult.Answer>(await fetch.GetAsync(new Uri($"http://localhost:{server.Uri.Port}/"), "*/*", 1000, default));

        Assert.Equal(["localhost"], asked);
    }

    [Fact]
    public async Task Attack_a_header_bomb_is_given_up()
    {
        using var server = new OneAnswer("HTTP/1.1 200 OK\r\n" + string.Concat(Enumerable.Range(0, 2000).Select(i => $"X-{i}: {new string('y', 100)}\r\n")) + "Content-Length: 0\r\n\r\n");
        using var fetch = Fetch(allowLoopback: true);

        Assert.IsType<FetchResult.Refused>(await fetch.GetAsync(server.Uri, "*/*", 1000, default));
    }

    [Fact]
    public async Task Attack_a_compressed_bomb_is_not_unpacked()
    {
        using var packed = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(new byte[1_000_000]);
        var body = Encoding.Latin1.GetString(packed.ToArray());
        using var server = new OneAnswer($"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        using var fetch = Fetch(allowLoopback: true);

        var answer = Assert.IsType<FetchResult.Answer>(await fetch.GetAsync(server.Uri, "*/*", 10_000, default));

        Assert.Equal(packed.Length, answer.Body.Length);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nabc")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nabc")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 9\r\n\r\nabcdefghi")]
    [InlineData("garbage\r\n\r\n")]
    [InlineData("HTTP/1.1 307 Again\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n")]
    public async Task Attack_an_answer_that_lies_about_its_size_or_sends_elsewhere_is_a_refusal_or_what_came_and_no_fault(string raw)
    {
        using var server = new OneAnswer(raw);
        using var fetch = Fetch(allowLoopback: true);

        var result = await fetch.GetAsync(server.Uri, "*/*", 1000, default);

        Assert.True(result is FetchResult.Refused or FetchResult.Answer { Body.Length: <= 9 });
    }

    [Theory]
    [InlineData("https://localhost./"), InlineData("https://127.1/"), InlineData("https://0x7f000001/"), InlineData("https://017700000001/"), InlineData("https://[::]/"), InlineData("https://[fe80::1]/"), InlineData("https://[64:ff9b::7f00:1]/"), InlineData("https://[2002:7f00:1::]/")]
    public async Task Attack_inner_addresses_in_other_spellings_are_refused(string uri)
    {
        using var fetch = Fetch(allowLoopback: false);

        Assert.IsType<FetchResult.Refused>(await fetch.GetAsync(new Uri(uri), "*/*", 1000, default));
    }

    [Fact]
    public void Nothing_but_the_guard_speaks_to_addresses_that_others_chose()
    {
        // Each other place speaks to what the operator's own settings, or whoever calls a command, name.
        string[] allowed = ["Hosting/OutboundFetch.cs", "Ledger/Anchoring/ChainHttp.cs", "Ledger/Embedded/AnvilNode.cs", "Issuer/Organisations/OrganisationServices.cs", "Issuer/Recognition/VerifierClient.cs", "Host/Embedded/LedgerSupervisor.cs", "Host/Network/LedgerVerbs.cs", "Host/Journey/Api.cs", "Host/Journey/DeskBrowser.cs", "Audit/Findings/VerifyFinding.cs"];
        var source = Path.Combine(Identity.TestKit.Checkout.Root, "src");
        string[] makers = ["new HttpClient", "HttpClient Client { get; } = new", "HttpClient _http = new", "SocketsHttpHandler", "HttpClientHandler", "WebRequest", "new WebClient", "new TcpClient", "AddHttpClient", "ClientWebSocket"];

        var found = Directory.GetFiles(source, "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal) && makers.Any(maker => File.ReadAllText(file).Contains(maker, StringComparison.Ordinal)))
            .Select(file => Path.GetRelativePath(source, file).Replace('\\', '/'));

        Assert.Empty(found.Except(allowed));
        Assert.Contains("Hosting/OutboundFetch.cs", found);
    }

    private static OutboundFetch Fetch(bool allowLoopback, int seconds = 60) =>
        new(Options.Create(new OutboundOptions { AllowLoopback = allowLoopback, Timeout = TimeSpan.FromSeconds(seconds) }));

    /// <summary>Answers every connection with the same bytes.</summary>
    private sealed class OneAnswer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource _stop = new();

        public OneAnswer(string bytes, bool keepOpen = false)
        {
            _listener.Start();
            Uri = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
            _ = ServeAsync(bytes, keepOpen);
        }

        public Uri Uri { get; }

        public void Dispose()
        {
            _stop.Cancel();
            _listener.Dispose();
        }

        private async Task ServeAsync(string bytes, bool keepOpen)
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                var stream = client.GetStream();
                await stream.ReadAtLeastAsync(new byte[1], 1, cancellationToken: _stop.Token);
                await stream.WriteAsync(Encoding.Latin1.GetBytes(bytes), _stop.Token);
                if (keepOpen) await Task.Delay(Timeout.Infinite, _stop.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
            {
                // The test is over, or the client hung up as it should.
            }
        }
    }
}
