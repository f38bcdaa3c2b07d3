using System.Net.Http.Headers;
using System.Text;

namespace CsPlatform.EndToEnd.Tests;

/// <summary>A queue or exchange that the running system makes and nobody listed would go untried.</summary>
[Collection(nameof(WholeSystem))]
public sealed class BrokerNamesTests(WholeSystem system)
{
    [Fact]
    public async Task Rights_are_tried_on_every_queue_and_exchange_that_the_running_system_has()
    {
        Assert.Equal(BrokerNames.Queues.Order(StringComparer.Ordinal), await NamesAsync("queues"));
        Assert.Equal(BrokerNames.Exchanges.Order(StringComparer.Ordinal), await NamesAsync("exchanges"));
    }

    /// <summary>All but the broker's own and those of the tests.</summary>
    private async Task<IEnumerable<string>> NamesAsync(string kind)
    {
        var management = system.Platform.Servers.Management;
        using var client = new HttpClient { BaseAddress = new Uri($"{management.Scheme}://{management.Host}:{management.Port}") };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(management.UserInfo))));
        var all = await client.GetFromJsonAsync<JsonElement>(
            $"/api/{kind}/{Uri.EscapeDataString(system.Platform.VirtualHost)}");
        return all.EnumerateArray().Select(one => one.GetProperty("name").GetString()!)
            .Where(name => name.Length > 0 && !name.StartsWith("amq.", StringComparison.Ordinal)
                && name is not ("canary-twin" or MessageTap.Queue or AlertSubscriber.Queue))
            .Order(StringComparer.Ordinal);
    }
}
