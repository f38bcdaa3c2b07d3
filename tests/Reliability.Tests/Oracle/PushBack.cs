using CsPlatform.Reliability.Tests.Load;
using Npgsql;

namespace CsPlatform.Reliability.Tests.Oracle;

/// <summary>Takes the databases away from the services, and looks at what these answer meanwhile.</summary>
internal static class PushBack
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>A good request to each service but Engagement.</summary>
    public static IReadOnlyList<Write> Writes { get; } =
    [
        new("accounts", Roles.Csm, "/v1/accounts", _ => new { details = new { name = "Customer pushed-back" } }),
        new("feedback", Roles.Csm, "/v1/answers", account => new
        {
            accountId = account, contactId = "ann", metric = "nps", score = 9, answeredAt = "2026-03-01T12:00:00Z",
        }),
        new("renewals", Roles.Csm, "/v1/contracts", account => new
        {
            accountId = account, startsOn = "2026-01-01", endsOn = "2026-12-31", seats = 10,
            recurringAmount = new { amount = "1200.00", currency = "EUR" }, billingPeriod = "monthly",
        }),
        new("health", Roles.Ops, "/v1/sweeps", _ => null),
    ];

    /// <summary>Come back later, and when.</summary>
    public static bool IsRefusal(HttpResponseMessage answer) =>
        answer.StatusCode == HttpStatusCode.ServiceUnavailable && answer.Headers.RetryAfter is not null;

    /// <summary>
    /// While the services' roles may not connect, each of these is to be answered 503 with a Retry-After, and is taken
    /// once the database is back.
    /// </summary>
    /// <param name="publisher">By which way Engagement is reached; directly unless given.</param>
    public static async Task<Verdict> JudgeAsync(ReliabilitySystem system, string name, HttpClient? publisher = null)
    {
        var findings = new Findings(system);
        await using var admin = NpgsqlDataSource.Create(system.Platform.Servers.Postgres);
        await LimitAsync(0);
        try
        {
            // the system disposes of it
            var http = publisher ?? system.PublisherClient("engagement", ReliabilitySystem.Source);
            for (var i = 0; i < 3; i++)
            {
                var e = new PlannedEvent($"{name}-{i}", "crm/pushed-back", system.Now, "ann", "reports", 1);
                using var body = new ByteArrayContent(e.Json) { Headers = { ContentType = new("application/cloudevents+json") } };
                using var answer = await http.PostAsync("/v1/events", body);
                if (!IsRefusal(answer))
                    findings.Add(
                        Promise.PushesBack,
                        $"{e.Id} was answered {(int)answer.StatusCode} while the database was away");
            }
            foreach (var write in Writes)
            {
                using var answer = await write.TryAsync(system, Guid.CreateVersion7(system.Now));
                if (answer is null || !IsRefusal(answer))
                    findings.Add(Promise.PushesBack,
                        $"{write.Service} answered {(int?)answer?.StatusCode} while the database was away");
            }
        }
        finally
        {
            await LimitAsync(-1);
        }
        return findings.Verdict;

        async Task LimitAsync(int connections)
        {
            foreach (var role in PlatformOptions.AllServices
                .Select(service => new NpgsqlConnectionStringBuilder(system.Platform.ConnectionString(service)).Username))
                await using (var limit = admin.CreateCommand($"""
                    alter role "{role}" connection limit {connections};
                    select pg_terminate_backend(pid) from pg_stat_activity where usename = '{role}'
                    """))
                    await limit.ExecuteNonQueryAsync();
        }
    }

    /// <param name="Service">Whom it is for.</param>
    /// <param name="Role">Of who sends it.</param>
    /// <param name="Path">Of a POST.</param>
    /// <param name="Body">About an account; null: none.</param>
    internal sealed record Write(string Service, string Role, string Path, Func<Guid, object?> Body)
    {
        /// <returns>Null when there was no answer in ten seconds.</returns>
        public async Task<HttpResponseMessage?> TryAsync(ReliabilitySystem system, Guid account)
        {
            using var http = system.Client(Service, Role);
            using var patience = new CancellationTokenSource(Patience);
            try
            {
                return await http.PostAsJsonAsync(Path, Body(account), patience.Token);
            }
            catch (Exception e) when (Persistently.IsPassing(e))
            {
                return null;
            }
        }
    }
}
