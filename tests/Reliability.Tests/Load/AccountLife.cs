using System.Globalization;
using CsPlatform.Reliability.Tests.Oracle;

namespace CsPlatform.Reliability.Tests.Load;

/// <summary>
/// What a company's people do with its accounts, with ids of the caller's choice, so that each may be repeated.
/// </summary>
/// <param name="accountsProcess">Which process of Accounts hears of them.</param>
public sealed class AccountLife(ReliabilitySystem system, string accountsProcess = "accounts")
{
    private readonly HttpClient accounts = system.Client(accountsProcess, Roles.Lead);
    private readonly HttpClient feedback = system.Client("feedback", Roles.Lead);
    private readonly HttpClient renewals = system.Client("renewals", Roles.Lead);

    /// <summary>The account <c>crm/{key}</c>.</summary>
    public async Task<Guid> RegisterAsync(string key)
    {
        var id = NewId();
        await PostAsync(accounts, "/v1/accounts", LedgerKey.Of("account", id), $"Customer {key}", new
        {
            accountId = id,
            details = new { name = $"Customer {key}", tier = "vip" },
            externalKeys = new[] { new { system = "crm", key } },
        });
        return id;
    }

    public Task EnterStageAsync(Guid accountId, string stage) =>
        Persistently.DoAsync(async () =>
        {
            using var answer = await accounts.PostAsJsonAsync($"/v1/accounts/{accountId}/stages", new { stage });
            return answer.IsSuccessStatusCode;
        });

    public async Task<Guid> AnswerAsync(Guid accountId, int score)
    {
        var id = NewId();
        await PostAsync(feedback, "/v1/answers", LedgerKey.Of("answer", id), $"{accountId} {score}", new
        {
            answerId = id,
            accountId,
            contactId = $"contact-{id:N}",
            metric = "nps",
            score,
            answeredAt = system.Now.AddDays(-1),
        });
        return id;
    }

    /// <summary>A contract of a year that ends so many days from now.</summary>
    public async Task<Guid> SignAsync(Guid accountId, int endsInDays)
    {
        var id = NewId();
        var endsOn = Day(system.Now.AddDays(endsInDays));
        await PostAsync(renewals, "/v1/contracts", LedgerKey.Of("contract", id), $"{accountId} {endsOn}", new
        {
            contractId = id,
            accountId,
            startsOn = Day(system.Now.AddDays(endsInDays - 364)),
            endsOn,
            seats = 10,
            recurringAmount = new { amount = "1200.00", currency = "EUR" },
            billingPeriod = "monthly",
        });
        return id;
    }

    /// <summary>Until it is answered with success: a repeat of what stands already is one.</summary>
    private async Task PostAsync(HttpClient service, string path, LedgerKey key, string content, object body)
    {
        system.Ledger.Sent(key, content);
        await Persistently.DoAsync(async () =>
        {
            using var answer = await service.PostAsJsonAsync(path, body);
            // 404: the service has not heard of the account yet. 412: somebody else wrote at the same moment.
            Assert.True(answer.IsSuccessStatusCode || (int)answer.StatusCode >= 500
                || answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.PreconditionFailed
                    or HttpStatusCode.TooManyRequests,
                $"{path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
            Assert.NotEqual(HttpStatusCode.InternalServerError, answer.StatusCode);
            if (answer.IsSuccessStatusCode)
                system.Ledger.Acknowledged(key);
            return answer.IsSuccessStatusCode;
        });
    }

    private static Guid NewId() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow());

    private static string Day(DateTimeOffset time) => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
