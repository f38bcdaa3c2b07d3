using System.Net;
using CsPlatform.Reliability.Tests.Load;
using Npgsql;

namespace CsPlatform.Reliability.Tests.Oracle;

/// <summary>Takes the database away from a service, and looks at what the service answers meanwhile.</summary>
internal static class PushBack
{
    /// <summary>
    /// While Engagement's role may not connect, each of these events is to be answered 503 with a Retry-After, and is
    /// taken once the database is back.
    /// </summary>
    public static async Task<Verdict> JudgeAsync(ReliabilitySystem system, string name)
    {
        var findings = new Findings(system);
        var role = new NpgsqlConnectionStringBuilder(system.Platform.ConnectionString("engagement")).Username;
        await using var admin = NpgsqlDataSource.Create(system.Platform.Servers.Postgres);
        await ExecuteAsync(admin, $"alter role \"{role}\" connection limit 0");
        await ExecuteAsync(admin, $"select pg_terminate_backend(pid) from pg_stat_activity where usename = '{role}'");
        try
        {
            using var http = system.PublisherClient("engagement", ReliabilitySystem.Source);
            for (var i = 0; i < 3; i++)
            {
                var e = new PlannedEvent($"{name}-{i}", "crm/pushed-back", system.Now, "ann", "reports", 1);
                using var body = new ByteArrayContent(e.Json) { Headers = { ContentType = new("application/cloudevents+json") } };
                using var answer = await http.PostAsync("/v1/events", body);
                if (answer.StatusCode != HttpStatusCode.ServiceUnavailable || answer.Headers.RetryAfter is null)
                    findings.Add(Promise.PushesBack, $"{e.Id} was answered {(int)answer.StatusCode} while the database was away");
            }
        }
        finally
        {
            await ExecuteAsync(admin, $"alter role \"{role}\" connection limit -1");
        }
        return findings.Verdict;
    }

    private static async Task ExecuteAsync(NpgsqlDataSource server, string sql)
    {
        await using var command = server.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
