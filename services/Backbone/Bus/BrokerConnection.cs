using System.Net.Sockets;
using RabbitMQ.Client;

namespace CsPlatform.Backbone;

/// <summary>
/// How every connection to RabbitMQ is made, so that one which is cut without a word is noticed within half a minute,
/// at any moment of its life. Heartbeats begin only after the handshake, and the client library waits for the broker's
/// first answer for ever: TCP must notice.
/// </summary>
public static class BrokerConnection
{
    /// <summary>
    /// A peer that says nothing for twice this long is gone; without it a cut network is noticed after minutes.
    /// </summary>
    internal static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);

    private const int IdleSeconds = 10, ProbeSeconds = 5, Probes = 3;

    /// <summary>
    /// Makes connections that do not recover by themselves: their owner declares everything anew on another one.
    /// </summary>
    /// <param name="broker">An amqp URI.</param>
    /// <param name="name">What the management UI shows.</param>
    public static ConnectionFactory Factory(Uri broker, string name)
    {
        var factory = new ConnectionFactory
        {
            Uri = broker,
            ClientProvidedName = name,
            AutomaticRecoveryEnabled = false,
            RequestedHeartbeat = Heartbeat,
        };
        KeepAlive(factory);
        return factory;
    }

    /// <summary>Lets TCP ask an idle peer whether it is there.</summary>
    internal static void KeepAlive(ConnectionFactory factory) => factory.SocketFactory = family =>
    {
        var socket = new Socket(family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, IdleSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, ProbeSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Probes);
        return new TcpClientAdapter(socket);
    };
}
