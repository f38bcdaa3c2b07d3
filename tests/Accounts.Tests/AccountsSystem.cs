using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using CsPlatform.Contracts.Accounts.V1;
using MassTransit;

[assembly: AssemblyFixture(typeof(CsPlatform.Accounts.Tests.AccountsSystem))]

namespace CsPlatform.Accounts.Tests;

/// <summary>
/// The real service with PostgreSQL and RabbitMQ. Before it starts, a queue hears everything it publishes: what nobody
/// hears, the outbox waits with.
/// </summary>
public sealed class AccountsSystem : SystemFixture
{
    private readonly ConcurrentQueue<(Guid Id, object Message)> heard = new();
    private IBusControl? bus;

    /// <summary>What Accounts has published, with message ids, in the order of arrival.</summary>
    public IReadOnlyList<(Guid Id, object Message)> Heard => [.. heard];

    protected override PlatformOptions Options => new()
    {
        Settings = new Dictionary<string, string> { ["Import__MaxRows"] = "2000", ["Import__MaxBytes"] = "1000000" },
    };

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        bus = Bus.Factory.CreateUsingRabbitMq(x =>
        {
            x.Host(Platform.AdminAmqp);
            x.ReceiveEndpoint("hears-accounts", queue =>
            {
                queue.ConcurrentMessageLimit = 1;
                Hear<AccountRegistered>(queue);
                Hear<AccountDetailsCorrected>(queue);
                Hear<ExternalKeyLinked>(queue);
                Hear<CsmAssigned>(queue);
                Hear<StageEntered>(queue);
            });
        });
        await bus.StartAsync();
        await StartAsync("accounts");
    }

    public override async ValueTask DisposeAsync()
    {
        if (bus is not null)
            await bus.StopAsync();
        await base.DisposeAsync();
    }

    public HttpClient Editor => Client("accounts", new TokenClaims(Roles.Lead) { Subject = "anna" });

    public HttpClient Reader => Client("accounts", Roles.Viewer);

    public Task<HttpResponseMessage> PostAsync(string path, object body) =>
        SendAsync(Editor, HttpMethod.Post, path, JsonContent.Create(body));

    public Task<HttpResponseMessage> PutAsync(string path, object body, string? ifMatch = null) =>
        SendAsync(Editor, HttpMethod.Put, path, JsonContent.Create(body), ifMatch);

    public Task<HttpResponseMessage> ReadAsync(string path) => SendAsync(Reader, HttpMethod.Get, path);

    public static async Task<HttpResponseMessage> SendAsync(
        HttpClient who, HttpMethod method, string path, HttpContent? content = null, string? ifMatch = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        // Asks before it sends: a body that is refused for its size is then never sent, and the refusal is read.
        request.Headers.ExpectContinue = content is ByteArrayContent and not StringContent;
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return await who.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Registers an account and gives back its id.</summary>
    public async Task<Guid> RegisterAsync(object body) =>
        (await AnswerAsync(PostAsync("/v1/accounts", body)))["accountId"]!.GetValue<Guid>();

    public Task<Guid> RegisterAsync() => RegisterAsync(new { details = new { name = Unique("Account") } });

    public Task<JsonObject> GetAsync(string path) => AnswerAsync(ReadAsync(path));

    public async Task<List<JsonNode>> ItemsAsync(string path) =>
        [.. (await GetAsync(path))["items"]!.AsArray().Select(i => i!)];

    /// <summary>The body of an answer that must be a success.</summary>
    public static async Task<JsonObject> AnswerAsync(Task<HttpResponseMessage> call)
    {
        using var response = await call;
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {body}");
        return JsonNode.Parse(body)!.AsObject();
    }

    public static async Task<HttpStatusCode> StatusAsync(Task<HttpResponseMessage> call)
    {
        using var response = await call;
        return response.StatusCode;
    }

    public static async Task DoneAsync(Task<HttpResponseMessage> call) =>
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(call));

    /// <summary>Problem details with this status and code.</summary>
    public static async Task<JsonObject> RefusedAsync(Task<HttpResponseMessage> call, int status, string code)
    {
        using var response = await call;
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(status == (int)response.StatusCode, $"{(int)response.StatusCode} instead of {status}: {body}");
        var problem = JsonNode.Parse(body)!.AsObject();
        Assert.Equal((code, $"urn:csplatform:problem:{code}"), (Text(problem, "code"), Text(problem, "type")));
        return problem;
    }

    public static string? Text(JsonNode node, string member) => node[member]?.GetValue<string>();

    public static Guid NewId() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow());

    public static string Unique(string prefix) => $"{prefix} {NewId():n}";

    public Task PublishAsync(object message, Guid messageId) => bus!.Publish(message, message.GetType(),
        Pipe.Execute<PublishContext>(context => context.MessageId = messageId), TestContext.Current.CancellationToken);

    private void Hear<T>(IReceiveEndpointConfigurator queue) where T : class => queue.Handler<T>(context =>
    {
        heard.Enqueue((context.MessageId!.Value, context.Message));
        return Task.CompletedTask;
    });
}
