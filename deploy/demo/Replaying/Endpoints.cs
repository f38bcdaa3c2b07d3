using System.Net.Http.Headers;

namespace CsPlatform.Demo.Replaying;

/// <summary>Clients of the five services, one for each part that the demo plays.</summary>
internal sealed class Endpoints(
    Func<string, Uri> address, Func<Part, string> token, Func<HttpMessageHandler> handler) : IDisposable
{
    private readonly Dictionary<(string, Part), HttpClient> clients = [];
    private readonly Lock gate = new();

    public HttpClient Of(string service, Part part)
    {
        lock (gate)
        {
            if (clients.TryGetValue((service, part), out var known))
                return known;
            var client = new HttpClient(handler()) { BaseAddress = address(service), Timeout = TimeSpan.FromSeconds(100) };
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token(part));
            return clients[(service, part)] = client;
        }
    }

    public void Dispose()
    {
        foreach (var client in clients.Values)
            client.Dispose();
    }
}

/// <summary>Who the demo speaks as.</summary>
internal enum Part
{
    /// <summary>The company's systems that send usage events.</summary>
    Publisher,

    /// <summary>The company's systems and people that register, sign, answer and read.</summary>
    Admin,
}
