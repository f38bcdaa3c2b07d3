using System.Globalization;
using System.Text;
using CsPlatform.Contracts.Accounts.V1;

namespace CsPlatform.Renewals.Tests;

/// <summary>Renewals as a real process, with its clock in the test's hand.</summary>
public class RenewalsSystem() : SystemFixture("renewals")
{
    protected override PlatformOptions Options => new() { ReplayClock = true };

    public HttpClient Csm { get; private set; } = null!;
    public HttpClient Ops { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Csm = Client("renewals", Roles.Csm);
        Ops = Client("renewals", Roles.Ops);
    }

    public async Task MoveClockTo(string day)
    {
        var answer = await Ops.PutAsJsonAsync("/dev/clock", new { now = At(day) });
        answer.EnsureSuccessStatusCode();
    }

    public static DateTimeOffset At(string day) =>
        new(DateOnly.Parse(day, CultureInfo.InvariantCulture), new TimeOnly(12, 0), TimeSpan.Zero);

    /// <summary>Tells Renewals of a new account and returns it once it is known.</summary>
    public async Task<Guid> RegisteredAccount()
    {
        var accountId = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
        await this.PublishAsync(new AccountRegistered(accountId, new AccountDetails("Example"), 1, At("2025-01-01")));
        await Eventually.HoldsAsync(async () =>
            (await Csm.GetAsync($"/v1/accounts/{accountId}/contracts")).IsSuccessStatusCode);
        return accountId;
    }

    /// <summary>A contract of a year by its last day, 100 EUR a month.</summary>
    public static Dictionary<string, object?> Body(Guid accountId, string endsOn, Guid? contractId = null) => new()
    {
        ["contractId"] = contractId ?? Guid.CreateVersion7(TimeProvider.System.GetUtcNow()),
        ["accountId"] = accountId,
        ["startsOn"] = DateOnly.Parse(endsOn, CultureInfo.InvariantCulture).AddYears(-1).AddDays(1),
        ["endsOn"] = endsOn,
        ["seats"] = 25,
        ["recurringAmount"] = new { amount = "100.00", currency = "EUR" },
        ["billingPeriod"] = "monthly",
    };

    public async Task<Guid> SignedContract(Guid accountId, string endsOn)
    {
        var answer = await Post(Body(accountId, endsOn));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await Read(answer)).GetProperty("contractId").GetGuid();
    }

    public Task<HttpResponseMessage> Post(object contract) => Csm.PostAsJsonAsync("/v1/contracts", contract);

    public Task<HttpResponseMessage> Post(string contract) =>
        Csm.PostAsync("/v1/contracts", new StringContent(contract, Encoding.UTF8, "application/json"));

    public static Task<JsonElement> Read(HttpResponseMessage answer) => answer.Content.ReadFromJsonAsync<JsonElement>();

    public async Task<JsonElement> Get(string path) => await Csm.GetFromJsonAsync<JsonElement>(path);

    public Task<JsonElement> Contract(Guid contractId) => Get($"/v1/contracts/{contractId}");

    public async Task<int> Sweep()
    {
        var answer = await Ops.PostAsync("/v1/sweeps", null);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await Read(answer)).GetProperty("opened").GetInt32();
    }

    /// <summary>Waits until everything stored so far has gone out.</summary>
    public Task Idle() => Eventually.HoldsAsync(async () =>
        (await Ops.GetFromJsonAsync<JsonElement>("/dev/idle")).GetProperty("idle").GetBoolean());
}
