using System.Net.Sockets;

namespace CsPlatform.Reliability.Tests.Injuries;

/// <summary>
/// One address before several nodes, as clusters have: each new connection goes to the next node that takes it, and
/// ends when either side ends it. It can fall silent: what is connected ends, and who comes then is heard out and never
/// answered.
/// </summary>
internal sealed class Balancer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource over = new(), silent = new();
    private readonly IReadOnlyList<Uri> nodes;
    private readonly Task accepting;
    private int next;

    public Balancer(IReadOnlyList<Uri> nodes)
    {
        this.nodes = nodes;
        listener.Start();
        accepting = AcceptAsync();
    }

    /// <summary>What a client uses in place of a node's address.</summary>
    public Uri Address => new UriBuilder(nodes[0]) { Port = ((IPEndPoint)listener.LocalEndpoint).Port }.Uri;

    public Task FallSilentAsync() => silent.CancelAsync();

    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        listener.Dispose();
        await accepting;
        over.Dispose();
        silent.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(ServeAsync(await listener.AcceptTcpClientAsync(over.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            if (silent.IsCancellationRequested)
            {
                await Task.Delay(Timeout.Infinite, over.Token).ContinueWith(_ => { }, TaskScheduler.Default);
                return;
            }
            using var node = await ConnectAsync();
            if (node is null)
                return;
            await using var cut = silent.Token.Register(node.Close);
            var (near, far) = (client.GetStream(), node.GetStream());
            await Task.WhenAny(PumpAsync(near, far), PumpAsync(far, near)); // the other one ends with the connections
        }
    }

    /// <summary>To the first node in turn that takes it; null where none does.</summary>
    private async Task<TcpClient?> ConnectAsync()
    {
        var first = Interlocked.Increment(ref next);
        for (var i = 0; i < nodes.Count; i++)
        {
            var node = nodes[(first + i) % nodes.Count];
            var connection = new TcpClient { NoDelay = true };
            try
            {
                await connection.ConnectAsync(node.Host, node.Port, over.Token);
                return connection;
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                connection.Dispose();
            }
        }
        return null;
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to)
    {
        try
        {
            await from.CopyToAsync(to, over.Token);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // Either side is gone, or the test is over.
        }
    }
}
