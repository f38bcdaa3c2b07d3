namespace CsPlatform.Reliability.Tests.Injuries;

/// <summary>What happens to packets between a server and its clients.</summary>
public enum Cut
{
    /// <summary>All are lost, without a word.</summary>
    Silent,

    /// <summary>The clients' are lost; the server's arrive.</summary>
    Requests,

    /// <summary>The server's are lost; the clients' arrive.</summary>
    Answers,

    /// <summary>Every connection that says something is reset, every new one refused.</summary>
    Reset,

    /// <summary>Three in ten are lost.</summary>
    Lossy,
}

/// <summary>Packet filter rules on the loopback of this program's own network.</summary>
internal static class Network
{
    public static void Need() => Assert.SkipUnless(
        Environment.GetEnvironmentVariable("CSP_TEST_NETWORK") == "own",
        "Cuts networks: run by `./cs test` as root, in a network of its own.");

    public static async Task CutAsync(int port, Cut how)
    {
        foreach (var rule in Rules(port, how))
            await Command.RunAsync(["iptables", "-w", "-A", "INPUT", "-i", "lo", "-p", "tcp", .. rule]);
    }

    /// <summary>All packets to and from this address are lost, without a word.</summary>
    public static async Task CutOffAsync(string address)
    {
        foreach (var side in (string[])["-s", "-d"])
            await Command.RunAsync(
                "iptables", "-w", "-A", "INPUT", "-i", "lo", "-p", "tcp", side, address, "-j", "DROP");
    }

    public static Task HealAsync() => Command.RunAsync("iptables", "-w", "-F", "INPUT");

    private static string[][] Rules(int port, Cut how)
    {
        string[] toServer = ["--dport", $"{port}"], fromServer = ["--sport", $"{port}"];
        string[] some = ["-m", "statistic", "--mode", "random", "--probability", "0.3"];
        return how switch
        {
            Cut.Silent => [[.. toServer, "-j", "DROP"], [.. fromServer, "-j", "DROP"]],
            Cut.Requests => [[.. toServer, "-j", "DROP"]],
            Cut.Answers => [[.. fromServer, "-j", "DROP"]],
            Cut.Reset => [[.. toServer, "-j", "REJECT", "--reject-with", "tcp-reset"]],
            Cut.Lossy => [[.. toServer, .. some, "-j", "DROP"], [.. fromServer, .. some, "-j", "DROP"]],
        };
    }
}
