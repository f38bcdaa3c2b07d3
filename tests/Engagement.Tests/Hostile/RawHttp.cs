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

    /// <summary>
    /// All that comes until the server closes, or until it has said something and then nothing for a second.
    /// </summary>
    /// <param name="patience">How long silence from the start is borne.</param>
    /// <returns>The text, and whether the server closed; fails where neither came.</returns>
    public async Task<(string Text, bool Closed)> ReadAsync(TimeSpan patience)
    {
        using var timeout = new CancellationTokenSource(patience);
        var (all, chunk) = (new MemoryStream(), new byte[8192]);
        var closed = false;
        try
        {
            while (!closed)
            {
                var read = await socket.GetStream().ReadAsync(chunk, timeout.Token);
                closed = read == 0;
                all.Write(chunk, 0, read);
                timeout.CancelAfter(TimeSpan.FromSeconds(1));
            }
        }
        catch (IOException)
        {
            closed = true;
        }
        catch (OperationCanceledException)
        {
            Assert.True(all.Length > 0, $"Neither an answer nor an end in {patience.TotalSeconds} s.");
        }

        return (Encoding.Latin1.GetString(all.ToArray()), closed);
    }

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
