using System.Net.Sockets;
using System.Text;

namespace CsPlatform.Engagement.Tests.Hostile;

/// <summary>HTTP/1.1 as bytes on a socket: no client library would send what some of these tests send.</summary>
internal sealed class RawHttp : IAsyncDisposable
{
    private readonly TcpClient socket = new();

    public static async Task<RawHttp> ConnectAsync(Uri address)
    {
        var http = new RawHttp();
        await http.socket.ConnectAsync(address.Host, address.Port);
        return http;
    }

    public async Task SendAsync(string text) => await SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(byte[] bytes) => await socket.GetStream().WriteAsync(bytes);

    /// <summary>All that comes until the server closes, or for so long.</summary>
    /// <returns>The text, and whether the server closed.</returns>
    public async Task<(string Text, bool Closed)> ReadToEndAsync(TimeSpan patience)
    {
        using var timeout = new CancellationTokenSource(patience);
        var (all, chunk) = (new MemoryStream(), new byte[8192]);
        try
        {
            while (true)
            {
                var read = await socket.GetStream().ReadAsync(chunk, timeout.Token);
                if (read == 0)
                    return (Encoding.Latin1.GetString(all.ToArray()), true);
                all.Write(chunk, 0, read);
            }
        }
        catch (IOException)
        {
            return (Encoding.Latin1.GetString(all.ToArray()), true);
        }
        catch (OperationCanceledException)
        {
            return (Encoding.Latin1.GetString(all.ToArray()), false);
        }
    }

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
