using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace CsPlatform.Requests.Tests;

/// <summary>
/// All five services with an account that each of them knows, and of everything that can be asked for by its id one
/// that is there: an answer, a contract, a renewal, a parked event, and an open alert for each action on alerts.
/// </summary>
public sealed class RequestsSystem() : SystemFixture([.. PlatformOptions.AllServices])
{
    private static readonly string[] AlertOperations = ["GetAlert", "AcknowledgeAlert", "SnoozeAlert", "DismissAlert"];

    private Examples? examples;
    private ReplayControl? control;

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
        control = new ReplayControl(Platform);
        AccountId = NewId();
        var model = (await Client("health", Roles.Viewer).GetFromJsonAsync<JsonObject>("/v1/models/default/1"))!["model"]!.AsObject();
        examples = new Examples(AccountId) { Model = Examples.ModelBody(model) };
        await SendAsync("accounts", "/v1/accounts", Examples.Body("RegisterAccount", AccountId));
        await Eventually.HoldsAsync(async () => await IsKnown("feedback", "feedback")
            && await IsKnown("renewals", "contracts")
            && await IsKnown("health", "health") && await IsKnown("engagement", "days"));

        var ids = new Dictionary<string, string> { ["accounts"] = $"{AccountId}", ["models"] = "default", ["failed-messages"] = $"{NewId()}" };
        ids["answers"] = await TakeAnswerAsync(Examples);
        ids["contracts"] = await SendAsync(
            "renewals", "/v1/contracts", Examples.Body("SignContract", NewId()), "contractId");
        var ending = await SendAsync("renewals", "/v1/contracts", Examples.EndingContract(NewId()), "contractId");
        await SendAsync("renewals", "/v1/sweeps", []);
        ids["renewals"] = $"{(await ReadAsync("renewals", $"/v1/contracts/{ending}"))["renewalId"]}";
        ids["retellings"] = await SendAsync("accounts", "/v1/retellings", Examples.Retelling("accounts"), "id");
        await PublishAsync([Event("crm/nobody", "parked")]);
        ids["parked-events"] = $"{(await ReadAsync("engagement", "/v1/parked-events"))["items"]![0]!["id"]}";
        foreach (var (operation, alert) in AlertOperations.Zip(await RaiseAlertsAsync(AlertOperations.Length)))
            ids[operation] = $"{alert}";
        examples = new Examples(AccountId) { Model = Examples.Model, Ids = ids };
    }

    public override async ValueTask DisposeAsync()
    {
        control?.Dispose();
        await base.DisposeAsync();
    }

    public static Guid NewId() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow());

    /// <summary>A client that may call the operation.</summary>
    public HttpClient ClientFor(Operation operation) => operation.Roles.Contains(Roles.Admin)
        ? Client(operation.Service, Roles.Admin)
        : PublisherClient(operation.Service, "app");

    /// <summary>Open alerts of as many new accounts.</summary>
    public async Task<IReadOnlyList<Guid>> RaiseAlertsAsync(int count)
    {
        using var published = await Client("health", Roles.Admin).PutAsJsonAsync(
            "/v1/models/default", Examples.AlarmingModel());
        Assert.True(published.IsSuccessStatusCode, await published.Content.ReadAsStringAsync());
        var accounts = Enumerable.Range(0, count).Select(_ => NewId()).ToList();
        foreach (var account in accounts)
            await SendAsync("accounts", "/v1/accounts", Examples.Body("RegisterAccount", account));
        await PublishAsync([.. accounts.Select(account => Event($"account/{account}", $"{account}"))]);

        var alerts = new List<Guid>();
        foreach (var account in accounts)
        {
            var alert = await Eventually.GetsAsync(
                async () => (await ReadAsync("health", $"/v1/alerts?accountId={account}&status=open"))["items"]!.AsArray().FirstOrDefault());
            alerts.Add((Guid)alert["alertId"]!);
        }
        return alerts;
    }

    /// <summary>A survey answer of the examples' account.</summary>
    internal Task<string> TakeAnswerAsync(Examples of) =>
        SendAsync("feedback", "/v1/answers", of.Body("TakeAnswer", NewId()), "answerId");

    /// <summary>Waits until nothing is left to do.</summary>
    public Task UntilIdleAsync() => control!.UntilIdleAsync(cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>Whatever was sent, no service failed at what it made another one say.</summary>
    public async Task MustUnderstandEachOtherAsync()
    {
        await UntilIdleAsync();
        foreach (var service in PlatformOptions.AllServices)
        {
            var failed = (await ReadAsync(service, "/v1/failed-messages"))["items"]!.AsArray();
            Assert.True(failed.Count == 0, $"{service}: {failed.ToJsonString()}");
        }
    }

    private async Task<JsonNode> ReadAsync(string service, string path)
    {
        using var admin = Platform.Client(service, new(Roles.Admin));
        return (await admin.GetFromJsonAsync<JsonNode>(path, TestContext.Current.CancellationToken))!;
    }

    /// <returns>The member of the answer.</returns>
    private async Task<string> SendAsync(string service, string path, JsonObject body, string? member = null)
    {
        using var answer = await Client(service, Roles.Admin).PostAsJsonAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return member is null ? "" : JsonElement.Parse(text).GetProperty(member).GetString()!;
    }

    private JsonObject Event(string subject, string id)
    {
        var body = Examples.Body("PublishEvents", Guid.Empty);
        (body["subject"], body["id"], body["data"]) = (
            subject, id, new JsonObject { ["user"] = "ann", ["feature"] = "reports" });
        return body;
    }

    private async Task PublishAsync(JsonArray events)
    {
        using var content = JsonContent.Create(events, new MediaTypeHeaderValue("application/cloudevents-batch+json"));
        using var answer = await PublisherClient("engagement", "app").PostAsync("/v1/events", content);
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
