using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CsPlatform.Local.Platform;

namespace CsPlatform.Requests.Tests;

/// <summary>All five services with an account that each of them knows, a contract and an answer.</summary>
public sealed class RequestsSystem() : SystemFixture([.. PlatformOptions.AllServices])
{
    private Examples? examples;

    internal Examples Examples => examples!;

    /// <summary>The account that is there.</summary>
    public Guid AccountId { get; private set; }

    protected override PlatformOptions Options => new()
    {
        Settings = new Dictionary<string, string> { ["RateLimits__PerSecond"] = "100000" },
    };

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        AccountId = NewId();
        var (contractId, answerId) = (NewId(), NewId());
        var bodies = new Examples(AccountId, contractId, answerId, []);
        await PostAsync("accounts", "/v1/accounts", bodies.Body("RegisterAccount", AccountId));
        await Eventually.HoldsAsync(async () => await IsKnown("feedback", "feedback") && await IsKnown("renewals", "contracts")
            && await IsKnown("health", "health") && await IsKnown("engagement", "days"));
        await PostAsync("feedback", "/v1/answers", bodies.Body("TakeAnswer", answerId));
        await PostAsync("renewals", "/v1/contracts", bodies.Body("SignContract", contractId));
        var model = (await Client("health", Roles.Viewer).GetFromJsonAsync<JsonNode>("/v1/models/default/1"))!["model"]!.AsObject();
        examples = new Examples(AccountId, contractId, answerId, Examples.ModelBody(model));
    }

    public static Guid NewId() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow());

    /// <summary>A client that may call the operation.</summary>
    public HttpClient ClientFor(Operation operation) => operation.Roles.Contains(Roles.Admin)
        ? Client(operation.Service, Roles.Admin)
        : PublisherClient(operation.Service, "app");

    private async Task PostAsync(string service, string path, JsonObject body)
    {
        using var answer = await Client(service, Roles.Csm).PostAsJsonAsync(path, body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task<bool> IsKnown(string service, string what)
    {
        using var answer = await Client(service, Roles.Viewer).GetAsync($"/v1/accounts/{AccountId}/{what}");
        return answer.IsSuccessStatusCode;
    }
}

[CollectionDefinition(nameof(RequestsSystem))]
public sealed class RequestsSystemIsShared : ICollectionFixture<RequestsSystem>;
