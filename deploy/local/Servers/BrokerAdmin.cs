using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Serialization;

namespace CsPlatform.Local.Servers;

/// <summary>The few calls of RabbitMQ's management API that make virtual hosts, users and permissions.</summary>
public sealed class BrokerAdmin : IDisposable
{
    private readonly HttpClient http;

    public BrokerAdmin(Uri management)
    {
        http = new HttpClient { BaseAddress = new Uri($"{management.Scheme}://{management.Host}:{management.Port}") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(management.UserInfo))));
    }

    public async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync("/api/health/checks/virtual-hosts", cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>Returns when <see cref="IsReadyAsync"/>; a container is up before its server is.</summary>
    public async Task UntilReadyAsync(CancellationToken cancellationToken)
    {
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        while (!await IsReadyAsync(cancellationToken))
            await poll.WaitForNextTickAsync(cancellationToken);
    }

    public Task PutVirtualHostAsync(string virtualHost, CancellationToken cancellationToken) =>
        PutAsync($"/api/vhosts/{Escape(virtualHost)}", new { }, cancellationToken);

    public Task DeleteVirtualHostAsync(string virtualHost, CancellationToken cancellationToken) =>
        DeleteAsync($"/api/vhosts/{Escape(virtualHost)}", cancellationToken);

    /// <summary>Makes the user, or gives it this password and these permissions from now on.</summary>
    public async Task PutUserAsync(
        string user, string password, string virtualHost, BrokerPermissions permissions,
        CancellationToken cancellationToken)
    {
        await PutAsync($"/api/users/{Escape(user)}", new { password, tags = "" }, cancellationToken);
        await PutPermissionsAsync(user, virtualHost, permissions, cancellationToken);
    }

    public Task PutPermissionsAsync(
        string user, string virtualHost, BrokerPermissions permissions, CancellationToken cancellationToken) =>
        PutAsync($"/api/permissions/{Escape(virtualHost)}/{Escape(user)}",
            new { configure = permissions.Configure, write = permissions.Write, read = permissions.Read },
            cancellationToken);

    public Task PutUserLimitAsync(string user, string limit, int value, CancellationToken cancellationToken) =>
        PutAsync($"/api/user-limits/{Escape(user)}/{limit}", new { value }, cancellationToken);

    public Task DeleteUserAsync(string user, CancellationToken cancellationToken) =>
        DeleteAsync($"/api/users/{Escape(user)}", cancellationToken);

    public async Task<IReadOnlyList<QueueState>> QueuesAsync(string virtualHost, CancellationToken cancellationToken) =>
        await http.GetFromJsonAsync<QueueState[]>($"/api/queues/{Escape(virtualHost)}", cancellationToken) ?? [];

    public async Task<IReadOnlyList<BrokerConnection>> ConnectionsAsync(
        string virtualHost, CancellationToken cancellationToken) =>
        await http.GetFromJsonAsync<BrokerConnection[]>(
            $"/api/vhosts/{Escape(virtualHost)}/connections", cancellationToken) ?? [];

    /// <summary>Ends a client's connection, as a fault would.</summary>
    public Task CloseConnectionAsync(string name, CancellationToken cancellationToken) =>
        DeleteAsync($"/api/connections/{Escape(name)}", cancellationToken);

    public void Dispose() => http.Dispose();

    private static string Escape(string segment) => Uri.EscapeDataString(segment);

    private async Task PutAsync(string path, object body, CancellationToken cancellationToken)
    {
        using var response = await http.PutAsJsonAsync(path, body, cancellationToken);
        await EnsureAsync(response, "PUT", path, cancellationToken);
    }

    private async Task DeleteAsync(string path, CancellationToken cancellationToken)
    {
        using var response = await http.DeleteAsync(path, cancellationToken);
        if (response.StatusCode != HttpStatusCode.NotFound)
            await EnsureAsync(response, "DELETE", path, cancellationToken);
    }

    private static async Task EnsureAsync(
        HttpResponseMessage response, string verb, string path, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode)
            throw new LocalException($"RabbitMQ refused {verb} {path}: {(int)response.StatusCode} "
                + await response.Content.ReadAsStringAsync(cancellationToken));
    }
}

/// <summary>A queue as the management API sees it: its counts are up to five seconds old.</summary>
/// <param name="Leader">The node that leads a quorum queue; null of others, and while none does.</param>
public sealed record QueueState(string Name, long Messages, string Type, string? Leader);

/// <summary>A client's connection, seconds after it came.</summary>
/// <param name="Name">The broker's name of it.</param>
/// <param name="ClientName">What the client calls it; may be absent.</param>
public sealed record BrokerConnection(
    string Name, string User, int Channels, [property: JsonPropertyName("user_provided_name")] string? ClientName);
