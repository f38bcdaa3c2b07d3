using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace CsPlatform.Engagement.Tests.Hostile;

/// <summary>
/// A publisher that speaks AMQP 0-9-1 by itself: no client library would send what some of these tests send.
/// </summary>
internal sealed class RawAmqp : IAsyncDisposable
{
    private const byte Method = 1, ContentHeader = 2, ContentBody = 3, FrameEnd = 0xCE;
    private const int FrameMax = 32_768;

    private readonly TcpClient socket = new();
    private readonly Uri broker;

    private RawAmqp(Uri broker) => this.broker = broker;

    public static async Task<RawAmqp> ConnectAsync(Uri broker)
    {
        var client = new RawAmqp(broker);
        await client.OpenAsync();
        return client;
    }

    /// <summary>
    /// Publishes one message whose header table is these bytes; returns when the broker has confirmed it.
    /// </summary>
    /// <param name="exchange">Where to.</param>
    /// <param name="userId">The broker checks it.</param>
    /// <param name="headerTable">Encoded fields, without the table's length.</param>
    /// <param name="body">The body, of one frame.</param>
    public async Task PublishAsync(string exchange, string userId, byte[] headerTable, byte[] body)
    {
        await SendAsync(1, Method, [0, 60, 0, 40, 0, 0, .. Short(exchange), .. Short(""), 0]);
        const ushort headersAndUserId = 1 << 13 | 1 << 4;
        await SendAsync(1, ContentHeader,
            [0, 60, 0, 0, .. BitConverter.GetBytes((ulong)body.Length).Reverse(), headersAndUserId >> 8, headersAndUserId & 0xFF,
                .. Long(headerTable), .. Short(userId)]);
        await SendAsync(1, ContentBody, body);
        await ReadAsync(60, 80);
    }

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>A field of a header table.</summary>
    public static byte[] Field(string name, char type, params byte[] value) => [.. Short(name), (byte)type, .. value];

    /// <summary>Bytes behind their length in four.</summary>
    public static byte[] Long(byte[] value)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, value.Length);
        return [.. length, .. value];
    }

    private static byte[] Short(string value) =>
        [(byte)Encoding.UTF8.GetByteCount(value), .. Encoding.UTF8.GetBytes(value)];

    private async Task OpenAsync()
    {
        await socket.ConnectAsync(broker.Host, broker.Port);
        await socket.GetStream().WriteAsync(new byte[] { 65, 77, 81, 80, 0, 0, 9, 1 });
        await ReadAsync(10, 10);
        var (user, password) = broker.UserInfo.Split(':') is [var name, var secret]
            ? (Uri.UnescapeDataString(name), Uri.UnescapeDataString(secret))
            : throw new ArgumentException("The address names no user.");
        await SendAsync(0, Method, [0, 10, 0, 11, .. Long([]), .. Short("PLAIN"),
            .. Long(Encoding.UTF8.GetBytes($"\0{user}\0{password}")), .. Short("en_US")]);
        await ReadAsync(10, 30);
        await SendAsync(0, Method, [0, 10, 0, 31, 0, 10, 0, 0, FrameMax >> 8, 0, 0, 0]);
        await SendAsync(0, Method, [0, 10, 0, 40, .. Short(Uri.UnescapeDataString(broker.AbsolutePath[1..])), 0, 0]);
        await ReadAsync(10, 41);
        await SendAsync(1, Method, [0, 20, 0, 10, 0]);
        await ReadAsync(20, 11);
        await SendAsync(1, Method, [0, 85, 0, 10, 0]); // confirm.select
        await ReadAsync(85, 11);
    }

    private async Task SendAsync(ushort channel, byte type, byte[] payload) =>
        await socket.GetStream().WriteAsync((byte[])
            [type, (byte)(channel >> 8), (byte)channel, .. Long(payload), FrameEnd]);

    /// <summary>Reads until this method comes.</summary>
    private async Task ReadAsync(ushort classId, ushort methodId)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var head = new byte[7];
            await socket.GetStream().ReadExactlyAsync(head, patience.Token);
            var payload = new byte[BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(3)) + 1];
            await socket.GetStream().ReadExactlyAsync(payload, patience.Token);
            if (head[0] != Method)
                continue;
            var (read, method) = (
                BinaryPrimitives.ReadUInt16BigEndian(payload), BinaryPrimitives.ReadUInt16BigEndian(payload.AsSpan(2)));
            if ((read, method) == (classId, methodId))
                return;
            if (method is 50 or 40 && read is 10 or 20)
                Assert.Fail($"The broker closed: {Encoding.ASCII.GetString(payload.AsSpan(6, Math.Min(80, payload.Length - 7)))}");
        }
    }
}
