using CsPlatform.Backbone;
using CsPlatform.Contracts.Accounts.V1;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using static CsPlatform.Accounts.Tests.AccountsSystem;

namespace CsPlatform.Accounts.Tests.Hearing;

/// <summary>
/// A service may hear on several queues. Here one that nobody runs, with a queue beside that of its name.
/// </summary>
[Collection("One service, one test at a time")]
public sealed class FurtherQueueTests(AccountsSystem system)
{
    private static readonly DateTimeOffset At = new(2026, 2, 1, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task What_fails_on_a_further_queue_waits_with_the_rest_and_is_replayed_to_where_it_failed()
    {
        var seen = new Seen { IsBroken = true };
        await using var database = NpgsqlDataSource.Create(system.Platform.OwnerConnectionString("accounts"));
        await using (var make = database.CreateCommand(
            $"create schema if not exists renewals; set search_path to renewals; {FailedMessages.Sql}"))
            await make.ExecuteNonQueryAsync(Stop);
        using var host = Service(seen, database);
        await host.StartAsync(Stop);
        await host.Services.GetRequiredService<IBusControl>().WaitForHealthStatus(BusHealthStatus.Healthy, Stop);
        var (account, id) = (NewId(), NewId());
        await system.PublishAsync(new StageEntered(account, "trial", 1, At), id);

        await Eventually.HoldsAsync(async () => await IsKeptAsync(database, id));
        seen.IsBroken = false;
        await host.Services.GetRequiredService<FailedMessages>().Replay(id, Stop);
        await Eventually.HoldsAsync(() => Task.FromResult(seen.Accounts.Contains(account)));
        await host.StopAsync(Stop);
    }

    [Fact]
    public void A_further_queue_has_limits_of_its_own_by_code_or_by_settings()
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(
            new Dictionary<string, string?> { ["Bus:Slow:Prefetch"] = "7", ["Bus:Concurrency"] = "5" }).Build();

        var queues = Hearings.Of(
            "renewals", settings, bus => bus.Queue("slow", new() { Prefetch = 4, Concurrency = 3 }), new());

        Assert.Equal(
            [("renewals", 256, 5), ("renewals-slow", 7, 3)],
            queues.Select(q => (q.Name, q.Limits.Prefetch, q.Limits.Concurrency)));
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private IHost Service(Seen seen, NpgsqlDataSource database)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration["ConnectionStrings:rabbitmq"] = $"{system.Platform.AdminAmqp}";
        builder.Services.AddSingleton(seen);
        builder.Services.AddSingleton(database);
        builder.AddBus("renewals", bus => bus.Queue("slow", new() { Retries = [] })
            .Hear<StageEntered, Seen>(m => m.AccountId, (s, m, _) => s.Take(m.AccountId)));
        return builder.Build();
    }

    private static async Task<bool> IsKeptAsync(NpgsqlDataSource database, Guid id)
    {
        await using var find = database.CreateCommand("select 1 from renewals.failed_message where id = $1");
        find.Parameters.Add(new() { Value = id });
        return await find.ExecuteScalarAsync(Stop) is not null;
    }

    /// <summary>Takes messages in, unless it is broken.</summary>
    private sealed class Seen
    {
        public volatile bool IsBroken;
        private readonly System.Collections.Concurrent.ConcurrentBag<Guid> accounts = [];

        public IReadOnlyCollection<Guid> Accounts => accounts;

        public Task Take(Guid account)
        {
            if (IsBroken)
                throw new InvalidOperationException("Broken for now.");
            accounts.Add(account);
            return Task.CompletedTask;
        }
    }
}
