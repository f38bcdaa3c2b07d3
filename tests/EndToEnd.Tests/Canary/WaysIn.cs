using System.Net.Http.Headers;
using System.Text;
using CsPlatform.Contracts.Accounts.V1;
using CsPlatform.Contracts.Feedback.V1;
using RabbitMQ.Client;

namespace CsPlatform.EndToEnd.Tests.Canary;

/// <summary>
/// Sends planted texts through every way into the system, the ones that fail too, and keeps the error answers.
/// </summary>
internal sealed class WaysIn(WholeSystem system, Planted planted)
{
    private readonly List<(string Place, string Text)> errors = [];

    /// <summary>The bodies and headers of every answer that was no success.</summary>
    public IReadOnlyList<(string Place, string Text)> Errors => errors;

    /// <summary>Who writes as a person.</summary>
    public TokenClaims Author { get; } = new(Roles.Lead) { Subject = planted.New("author") };

    public async Task<string> SendAsync(
        string service, string path, string contentType, string body, TokenClaims claims)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        using var client = system.Client(service, claims);
        using var answer = await client.PostAsync(path, content);
        return await KeepAsync($"answer of {service}", answer);
    }

    public async Task<string> GetAsync(
        string service, string path, Action<HttpRequestHeaders>? set = null, params string[] roles)
    {
        using var client = system.Client(service, roles);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        set?.Invoke(request.Headers);
        using var answer = await client.SendAsync(request);
        return await KeepAsync($"answer of {service} to GET", answer);
    }

    /// <summary>As a person.</summary>
    public async Task<HttpStatusCode> WriteAsync(
        HttpMethod method, string service, string path, object body, string? ifMatch = null)
    {
        using var client = system.Client(service, Author);
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        using var answer = await client.SendAsync(request);
        await KeepAsync($"answer of {service} to {method}", answer);
        return answer.StatusCode;
    }

    public Task<string> AnswerSurveyAsync(object answer) => SendAsync("feedback", "/v1/answers", "application/json",
        answer as string ?? JsonSerializer.Serialize(answer), Author);

    public Task<string> PublishAsync(string contentType, string body) =>
        SendAsync("engagement", "/v1/events", contentType, body,
        new TokenClaims(Roles.Publisher) { Subject = "publisher", Sources = [WholeSystem.Source] });

    /// <summary>As an outside publisher, with these headers.</summary>
    public async Task PublishOverAmqpAsync(string body, Dictionary<string, object?> headers)
    {
        await using var connection = await system.Amqp("publisher").CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        await channel.BasicPublishAsync(Topology.UsageEventsExchange, "", mandatory: true, new BasicProperties
        {
            ContentType = "application/cloudevents+json",
            UserId = system.Platform.AmqpUser("publisher"),
            Headers = headers,
        }, Encoding.UTF8.GetBytes(body));
    }

    /// <summary>
    /// Messages between services that nobody can handle. How often one will have failed, at everyone who hears it.
    /// </summary>
    public async Task<int> PoisonAsync()
    {
        await using var connection = await system.AmqpAdmin().CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        var (survey, tier, stage) = (
            planted.New("poison survey"), planted.New("poison tier"), planted.New("poison stage"));
        (Type Exchange, string? Type, string Message)[] messages =
        [
            (typeof(SurveyAnswered), null, $$"""{"answerId":"{{survey}}","metric":"{{survey}}"}"""),
            (typeof(AccountRegistered), null, $$"""{"accountId":7,"details":"{{tier}}"}"""),
            (typeof(StageEntered), null, $$"""{"accountId":"{{stage}}","stage":"{{stage}}","version":"x"}"""),
            (typeof(StageEntered), planted.New("poison type"), "{}"),
        ];
        foreach (var (contract, type, message) in messages)
        {
            var exchange = $"{contract.Namespace}:{contract.Name}";
            await channel.BasicPublishAsync(exchange, "", mandatory: true, Envelope(), Encoding.UTF8.GetBytes(
                $$"""{"messageId":"{{WholeSystem.NewId()}}","messageType":["urn:message:{{type ?? exchange}}"],"message":{{message}}}"""));
        }
        await channel.BasicPublishAsync(
            "health", "", mandatory: true, Envelope(), Encoding.UTF8.GetBytes(planted.New("poison bytes")));
        return 1 + messages.Sum(m => Topology.Services.Count(s => s.Consumes.Contains(m.Exchange)));
    }

    public async Task<string> KeepAsync(string place, HttpResponseMessage answer)
    {
        var body = await answer.Content.ReadAsStringAsync();
        if ((int)answer.StatusCode is not (200 or 201 or 202 or 204))
            errors.Add(($"{place} ({(int)answer.StatusCode})", $"{answer.Headers} {answer.Content.Headers} {body}"));
        return body;
    }

    private static BasicProperties Envelope() =>
        new() { ContentType = "application/vnd.masstransit+json", Persistent = true };
}
