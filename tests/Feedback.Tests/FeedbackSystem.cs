using System.Globalization;
using System.Text;
using CsPlatform.Contracts.Accounts.V1;

namespace CsPlatform.Feedback.Tests;

/// <summary>Feedback as a real process, its clock at noon of 2026-03-01.</summary>
public sealed class FeedbackSystem() : SystemFixture("feedback")
{
    public const string Now = "2026-03-01T12:00:00Z";

    protected override PlatformOptions Options => new() { ReplayClock = true };

    public HttpClient Csm { get; private set; } = null!;

    private HttpClient ops = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Csm = Client("feedback", Roles.Csm);
        ops = Client("feedback", Roles.Ops);
        (await ops.PutAsJsonAsync("/dev/clock", new { now = Now })).EnsureSuccessStatusCode();
    }

    public static Guid NewId() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow());

    public static DateTimeOffset At(string time) => DateTimeOffset.Parse(time, CultureInfo.InvariantCulture);

    /// <summary>Tells Feedback of a new account and returns it once it is known.</summary>
    public async Task<Guid> RegisteredAccount()
    {
        var accountId = NewId();
        await this.PublishAsync(new AccountRegistered(accountId, new AccountDetails("Example"), 1, At(Now)));
        await Eventually.HoldsAsync(async () =>
            (await Csm.GetAsync($"/v1/accounts/{accountId}/feedback")).IsSuccessStatusCode);
        return accountId;
    }

    /// <summary>An answer of an hour ago.</summary>
    public static Dictionary<string, object?> Body(
        Guid accountId, string metric, int score, string contactId = "contact-1") => new()
        {
            ["answerId"] = NewId(),
            ["accountId"] = accountId,
            ["contactId"] = contactId,
            ["metric"] = metric,
            ["score"] = score,
            ["answeredAt"] = At(Now).AddHours(-1),
        };

    public Task<HttpResponseMessage> Post(object answer) => Csm.PostAsJsonAsync("/v1/answers", answer);

    public Task<HttpResponseMessage> Post(string answer) =>
        Csm.PostAsync("/v1/answers", new StringContent(answer, Encoding.UTF8, "application/json"));

    public static Task<JsonElement> Read(HttpResponseMessage answer) => answer.Content.ReadFromJsonAsync<JsonElement>();

    public Task<JsonElement> Get(string path) => Csm.GetFromJsonAsync<JsonElement>(path);

    /// <summary>Waits until everything stored so far has gone out.</summary>
    public Task Idle() => Eventually.HoldsAsync(async () =>
        (await ops.GetFromJsonAsync<JsonElement>("/dev/idle")).GetProperty("idle").GetBoolean());
}

/// <summary>The tests of one running Feedback.</summary>
[CollectionDefinition(nameof(RunningFeedback))]
public sealed class RunningFeedback : ICollectionFixture<FeedbackSystem>;
