using CsPlatform.Contracts;
using CsPlatform.Local.Servers;

namespace CsPlatform.Local.Platform;

/// <summary>One virtual host, a user per service and per outside client, each with its own permissions only.</summary>
internal sealed class Broker(ServerConnections servers, PlatformOptions options, Func<string, string> password)
{
    public string VirtualHost => "csplatform" + options.Suffix;

    public string User(string name) => name + options.Suffix;

    /// <summary>amqp URI of a service or an outside client.</summary>
    public Uri Connection(string name) => new(
        $"amqp://{User(name)}:{password("amqp:" + User(name))}@{servers.Amqp.Host}:{servers.Amqp.Port}/{VirtualHost}");

    public Uri AdminConnection => new(
        $"amqp://{servers.Amqp.UserInfo}@{servers.Amqp.Host}:{servers.Amqp.Port}/{VirtualHost}");

    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        using var admin = new BrokerAdmin(servers.Management);
        await admin.PutVirtualHostAsync(VirtualHost, cancellationToken);
        await admin.PutPermissionsAsync(Uri.UnescapeDataString(servers.Amqp.UserInfo.Split(':')[0]), VirtualHost,
            new(".*", ".*", ".*"), cancellationToken);
        await Task.WhenAll(Users().Select(async user =>
        {
            var name = User(user.Name);
            await admin.PutUserAsync(name, password("amqp:" + name), VirtualHost, user.Permissions, cancellationToken);
            // A client that leaks connections harms itself only.
            await admin.PutUserLimitAsync(name, "max-connections", 100, cancellationToken);
            await admin.PutUserLimitAsync(name, "max-channels", 1000, cancellationToken);
        }));
    }

    public async Task DropAsync()
    {
        using var admin = new BrokerAdmin(servers.Management);
        await admin.DeleteVirtualHostAsync(VirtualHost, CancellationToken.None);
        await Task.WhenAll(Users().Select(user => admin.DeleteUserAsync(User(user.Name), CancellationToken.None)));
    }

    private IEnumerable<(string Name, BrokerPermissions Permissions)> Users() =>
    [
        .. Topology.Services.Select(s => (s.Name, BrokerPermissions.OfService(s))),
        .. options.Publishers.Keys.Select(name => (name, BrokerPermissions.OfPublisher())),
        .. options.Subscribers.Select(name => (name, BrokerPermissions.OfSubscriber(name))),
    ];
}
