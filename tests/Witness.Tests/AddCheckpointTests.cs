using System.Net;
using Identity.Credentials.Transparency;

namespace Identity.Witness.Tests;

/// <summary>C2SP tlog-witness, sentence by sentence.</summary>
public sealed class AddCheckpointTests
{
    [Fact]
    public async Task A_log_that_only_grows_gets_a_cosignature_for_each_checkpoint()
    {
        await using var bench = await Bench.StartAsync();
        var sizes = new[] { 0, 1, 2, 3, 8, 9, 21, 256, 300 };
        for (var at = 1; at < sizes.Length; at++)
        {
            bench.Clock.Move(TimeSpan.FromSeconds(3));
            var request = bench.Log.Request(sizes[at - 1], sizes[at]);
            bench.Check_cosigned(await bench.AskAsync(request), request.Checkpoint);
        }
    }

    [Fact]
    public async Task The_same_checkpoint_again_is_cosigned_again_and_says_so_with_the_new_time()
    {
        await using var bench = await Bench.StartAsync();
        var first = await bench.AskAsync(bench.Log.Request(0, 5));
        bench.Clock.Move(TimeSpan.FromHours(1));

        var again = await bench.AskAsync(bench.Log.Request(5, 5));

        bench.Check_cosigned(again, bench.Log.Signed(5));
        Assert.NotEqual(first.Text, again.Text);
    }

    [Fact]
    public async Task A_wrong_old_size_is_a_conflict_that_tells_the_right_one()
    {
        await using var bench = await Bench.StartAsync();
        Assert.Equal((409, "0\n", "text/x.tlog.size"), await bench.AskAsync(bench.Log.Request(3, 5)));
        await bench.AskAsync(bench.Log.Request(0, 5));

        foreach (var old in new[] { 0, 3, 4, 6, 9 }) Assert.Equal((409, "5\n", "text/x.tlog.size"), await bench.AskAsync(bench.Log.Request(old, 9)));
        bench.Check_cosigned(await bench.AskAsync(bench.Log.Request(5, 9)), bench.Log.Signed(9));
    }

    [Fact]
    public async Task A_smaller_checkpoint_is_a_conflict_and_rolls_nothing_back()
    {
        await using var bench = await Bench.StartAsync();
        await bench.AskAsync(bench.Log.Request(0, 9));

        Assert.Equal((409, "9\n", "text/x.tlog.size"), await bench.AskAsync(bench.Log.Request(0, 5)));
        Assert.Equal((409, "9\n", "text/x.tlog.size"), await bench.AskAsync(bench.Log.Request(5, 5)));
        Assert.Equal(400, (await bench.AskAsync(new WitnessRequest(9, [], bench.Log.Signed(5)))).Status);
        Assert.Equal((409, "9\n", "text/x.tlog.size"), await bench.AskAsync(bench.Log.Request(0, 21)));
    }

    [Fact]
    public async Task Attack_old_size_above_the_checkpoints()
    {
        await using var bench = await Bench.StartAsync();
        Assert.Equal(400, (await bench.AskAsync(new WitnessRequest(6, [], bench.Log.Signed(5)))).Status);
    }

    [Fact]
    public async Task Attack_checkpoint_of_a_log_that_is_not_watched()
    {
        await using var bench = await Bench.StartAsync();
        using var other = new MadeUpLog("other.example/log");
        Assert.Equal(404, (await bench.AskAsync(other.Request(0, 5))).Status);
    }

    [Fact]
    public async Task Attack_checkpoint_signed_by_a_stranger_in_the_logs_name()
    {
        await using var bench = await Bench.StartAsync();
        using var stranger = new MadeUpLog(bench.Log.Origin) { Key = Credentials.Jose.Ed25519Key.Create() };
        Assert.Equal(403, (await bench.AskAsync(stranger.Request(0, 5))).Status);
        Assert.Empty(Directory.GetFiles(Path.Combine(bench.Folder, "logs")));
    }

    [Fact]
    public async Task Lines_of_strangers_are_ignored_and_not_kept()
    {
        await using var bench = await Bench.StartAsync();
        using var stranger = new MadeUpLog("stranger.example");
        SignedNote.TryParse(stranger.At(5).Sign("stranger.example", stranger.Key), out var line, out _);
        SignedNote.TryParse(bench.Log.Signed(5), out var note, out _);

        var answer = await bench.AskAsync(new WitnessRequest(0, [], note!.With(line!.Signatures).Full));

        bench.Check_cosigned(answer, bench.Log.Signed(5));
        var kept = File.ReadAllText(Directory.GetFiles(Path.Combine(bench.Folder, "logs")).Single());
        Assert.Equal(bench.Log.Signed(5) + answer.Text, kept);
    }

    [Fact]
    public async Task Attack_line_of_the_logs_key_that_fails_beside_one_that_holds()
    {
        await using var bench = await Bench.StartAsync();
        SignedNote.TryParse(bench.Log.Signed(5), out var note, out _);
        var bad = note!.Signatures[0] with { Signature = [.. note.Signatures[0].Signature.Reverse()] };

        Assert.Equal(403, (await bench.AskAsync(new WitnessRequest(0, [], note.With([bad]).Full))).Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Attack_proof_that_does_not_lead_from_the_known_tree_to_the_new_one(bool known)
    {
        await using var bench = await Bench.StartAsync();
        if (known) await bench.AskAsync(bench.Log.Request(0, 5));
        var good = bench.Log.Request(known ? 5 : 0, 21);
        foreach (var proof in known
                     ? [[], [.. good.Proof.Skip(1)], [.. good.Proof, new byte[32]], [.. good.Proof.Reverse()], bench.Log.Proof(4, 21), bench.Log.Proof(5, 20)]
                     : new IReadOnlyList<byte[]>[] { [new byte[32]], bench.Log.Proof(5, 21) })
        {
            Assert.Equal(422, (await bench.AskAsync(good with { Proof = proof })).Status);
        }
        Assert.Empty(await bench.EvidenceAsync()); // a bad proof proves nothing about the log: anybody can send one
        bench.Check_cosigned(await bench.AskAsync(good), good.Checkpoint);
    }

    [Fact]
    public async Task Attack_proof_between_equal_sizes()
    {
        await using var bench = await Bench.StartAsync();
        await bench.AskAsync(bench.Log.Request(0, 5));
        Assert.Equal(422, (await bench.AskAsync(bench.Log.Request(5, 5) with { Proof = [new byte[32]] })).Status);
    }

    [Fact]
    public async Task An_empty_tree_is_cosigned_with_the_empty_root_alone()
    {
        await using var bench = await Bench.StartAsync();
        Assert.Equal(422, (await bench.AskAsync(new WitnessRequest(0, [], new Checkpoint(bench.Log.Origin, 0, new byte[32]).Sign(bench.Log.Origin, bench.Log.Key)))).Status);
        bench.Check_cosigned(await bench.AskAsync(bench.Log.Request(0, 0)), bench.Log.Signed(0));
        bench.Check_cosigned(await bench.AskAsync(bench.Log.Request(0, 5)), bench.Log.Signed(5));
    }

    [Theory]
    [InlineData("")]
    [InlineData("old 0\n")]
    [InlineData("old 00\n\n")]
    [InlineData("old -1\n\n")]
    [InlineData("old 0x0\n\n")]
    [InlineData("old 99999999999999999999\n\n")]
    [InlineData("Old 0\n\n")]
    [InlineData("old  0\n\n")]
    [InlineData("old 0\r\n\r\n")]
    [InlineData("old 0\nAAAA\n\n")]
    [InlineData("old 0\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n\n")]
    [InlineData("old 0\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\n\n")]
    [InlineData("old 0\n \n\n")]
    public async Task Attack_request_that_is_not_of_the_form(string head)
    {
        await using var bench = await Bench.StartAsync();
        Assert.Equal(400, (await bench.AskAsync(head + bench.Log.Signed(5))).Status);
    }

    [Fact]
    public async Task Attack_sixty_four_proof_lines_a_broken_checkpoint_and_bytes_that_are_no_text()
    {
        await using var bench = await Bench.StartAsync();
        Assert.Equal(400, (await bench.AskAsync(new WitnessRequest(0, [.. Enumerable.Repeat(new byte[32], 64)], bench.Log.Signed(5)))).Status);
        Assert.Equal(400, (await bench.AskAsync("old 0\n\n" + bench.Log.Signed(5).Replace("— ", "- ", StringComparison.Ordinal))).Status);
        Assert.Equal(400, (await bench.AskAsync("old 0\n\n" + bench.Log.At(5).Text)).Status);
        using var answer = await bench.Http.PostAsync("/add-checkpoint", new ByteArrayContent([0xFF, 0xFE, 0x00]));
        Assert.Equal(400, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Attack_body_without_end()
    {
        await using var bench = await Bench.StartAsync();
        Assert.Equal(413, (await bench.AskAsync("old 0\n\n" + new string('a', WitnessRequest.MaxBytes))).Status);
    }

    [Fact]
    public async Task Attack_two_checkpoints_at_once_never_roll_the_larger_one_back()
    {
        // The race of the specification: A of N and B of N+K are judged at the same moment, from the same known size.
        await using var bench = await Bench.StartAsync();
        for (var round = 0; round < 20; round++)
        {
            var from = round * 4;
            var answers = await Task.WhenAll(Enumerable.Range(1, 4).Select(step => bench.AskAsync(bench.Log.Request(from, from + step))));

            var winner = Assert.Single(Enumerable.Range(0, 4), at => answers[at].Status == 200);
            foreach (var at in Enumerable.Range(0, 4).Where(at => at != winner)) Assert.Equal((409, $"{from + winner + 1}\n"), (answers[at].Status, answers[at].Text));
            if (winner < 3) bench.Check_cosigned(await bench.AskAsync(bench.Log.Request(from + winner + 1, from + 4)), bench.Log.Signed(from + 4));
        }
    }

    [Fact]
    public async Task The_newest_checkpoint_is_shown_to_everybody_with_the_logs_signature_and_the_witnesss()
    {
        await using var bench = await Bench.StartAsync();
        var address = $"/{WitnessRequest.LogOf(bench.Log.Origin)}/checkpoint";
        Assert.Equal(HttpStatusCode.NotFound, (await bench.Http.GetAsync(address)).StatusCode);
        await bench.AskAsync(bench.Log.Request(0, 9));
        var cosigned = await bench.AskAsync(bench.Log.Request(9, 21));
        await bench.AskAsync(bench.Fork.Request(21, 21)); // refused: what is shown stays

        Assert.Equal(bench.Log.Signed(21) + cosigned.Text, await bench.Http.GetStringAsync(address));
        foreach (var other in new[] { WitnessRequest.LogOf("another.example/log"), WitnessRequest.LogOf(bench.Log.Origin).ToUpperInvariant(), "..%2Fwitness.pem", new string('a', 63) })
            Assert.Equal(HttpStatusCode.NotFound, (await bench.Http.GetAsync($"/{other}/checkpoint")).StatusCode);
    }

    [Fact]
    public async Task Attack_another_story_of_the_same_size_is_a_conflict_and_evidence_for_ever()
    {
        await using var bench = await Bench.StartAsync();
        await bench.AskAsync(bench.Log.Request(0, 9));

        Assert.Equal((409, "9\n", "text/x.tlog.size"), await bench.AskAsync(bench.Fork.Request(9, 9)));
        Assert.Equal(409, (await bench.AskAsync(bench.Fork.Request(0, 9))).Status); // the same again is kept once
        await bench.RestartAsync();

        var evidence = Assert.Single(await bench.EvidenceAsync());
        Assert.True(evidence.Holds(out var reason), reason);
        Assert.Equal((bench.Log.Origin, bench.Log.VKey.ToString(), Bench.Name), (evidence.Origin, evidence.Key, evidence.FoundBy));
        Assert.StartsWith(bench.Log.Signed(9), evidence.First);
        Assert.Equal(bench.Fork.Signed(9), evidence.Second);
        bench.Check_cosigned(await bench.AskAsync(bench.Log.Request(9, 21)), bench.Log.Signed(21)); // the first story goes on
    }

    [Fact]
    public async Task Attack_another_story_that_went_on_convicts_itself_by_its_own_proof()
    {
        await using var bench = await Bench.StartAsync();
        await bench.AskAsync(bench.Log.Request(0, 9));

        Assert.Equal(422, (await bench.AskAsync(bench.Fork.Request(9, 21))).Status);

        var evidence = Assert.Single(await bench.EvidenceAsync());
        Assert.True(evidence.Holds(out var reason), reason);
        Assert.NotEmpty(evidence.Proof);
        Assert.Equal(bench.Fork.Signed(21), evidence.Second);
    }

    [Fact]
    public async Task What_was_cosigned_is_not_forgotten_by_a_restart_and_a_lost_memory_is_not_taken_for_none()
    {
        await using var bench = await Bench.StartAsync();
        await bench.AskAsync(bench.Log.Request(0, 9));
        var key = bench.Key;
        await bench.RestartAsync();
        Assert.Equal(key, bench.Key);
        Assert.Equal((409, "9\n"), Short(await bench.AskAsync(bench.Log.Request(0, 5))));

        var file = Directory.GetFiles(Path.Combine(bench.Folder, "logs")).Single();
        var whole = File.ReadAllText(file);
        File.WriteAllText(file, whole[..20]);
        Assert.Equal(500, (await bench.AskAsync(bench.Log.Request(0, 5))).Status);
        File.WriteAllText(file, whole);
        bench.Check_cosigned(await bench.AskAsync(bench.Log.Request(9, 21)), bench.Log.Signed(21));
    }

    [Fact]
    public async Task A_log_is_watched_from_the_moment_it_stands_in_the_file_and_a_misspelt_file_changes_nothing()
    {
        await using var bench = await Bench.StartAsync();
        using var second = new MadeUpLog("audit.example/log");
        Assert.Equal(404, (await bench.AskAsync(second.Request(0, 5))).Status);

        File.AppendAllText(bench.LogsFile, $"{second.Origin} {second.VKey}\n");
        bench.Check_cosigned(await bench.AskAsync(second.Request(0, 5)), second.Signed(5));
        File.AppendAllText(bench.LogsFile, "third.example/log nonsense\n");
        bench.Check_cosigned(await bench.AskAsync(second.Request(5, 9)), second.Signed(9));
        bench.Check_cosigned(await bench.AskAsync(bench.Log.Request(0, 9)), bench.Log.Signed(9));
    }

    [Fact]
    public async Task While_its_key_changes_a_log_may_have_two()
    {
        await using var bench = await Bench.StartAsync();
        using var renewed = new MadeUpLog(bench.Log.Origin) { Key = Credentials.Jose.Ed25519Key.Create() };
        await bench.AskAsync(bench.Log.Request(0, 5));
        File.AppendAllText(bench.LogsFile, $"{renewed.Origin} {renewed.VKey}\n");

        bench.Check_cosigned(await bench.AskAsync(renewed.Request(5, 9)), renewed.Signed(9));
    }

    [Fact]
    public async Task Attack_stranger_asks_without_end_and_is_told_to_wait()
    {
        await using var bench = await Bench.StartAsync("--Limits:Work=3");
        for (var at = 0; at < 3; at++) Assert.Equal(400, (await bench.AskAsync("")).Status);
        Assert.Equal(429, (await bench.AskAsync("")).Status);
    }

    private static (int, string) Short((int Status, string Text, string? Type) answer) => (answer.Status, answer.Text);
}
