using CsPlatform.Contracts.Access;
using CsPlatform.ServiceDefaults;
using Marten;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace CsPlatform.Backbone;

/// <summary>Work of a service that <c>/dev/idle</c> cannot see by itself, e.g. notices not yet published.</summary>
public interface IIdleCheck
{
    /// <summary>True when nothing is left to do.</summary>
    /// <param name="cancellationToken">Ends the check.</param>
    Task<bool> IsIdle(CancellationToken cancellationToken);
}

/// <summary>What a service has left to do, for a driver that plays history.</summary>
/// <param name="Idle">The daemon is at its head, no message is being handled, no other work is left.</param>
/// <param name="Published">Messages published since the start, by type name.</param>
/// <param name="Consumed">Messages consumed since the start, by type name.</param>
internal sealed record WorkLeft(
    bool Idle, IReadOnlyDictionary<string, long> Published, IReadOnlyDictionary<string, long> Consumed);

/// <summary>The replay clock.</summary>
/// <param name="Now">What it shows.</param>
/// <param name="Runs">Whether it goes on from there at real pace, or stands.</param>
internal sealed record ClockPosition(DateTimeOffset Now, bool Runs = false);

/// <summary>Routes that exist in Development only: they let a driver play history through the real system.</summary>
internal static class Development
{
    public static void MapDevelopment(this WebApplication app)
    {
        var routes = app.MapGroup("/dev").WithTags("Development").Require(Permissions.Operate);
        routes.MapGet("/idle", GetIdle).WithName("GetIdle").WithSummary("What this service has left to do");
        if (app.Services.GetRequiredService<TimeProvider>() is not ReplayClock clock)
            return;

        routes.MapGet("/clock", () => TypedResults.Ok(new ClockPosition(clock.GetUtcNow(), clock.Runs)))
            .WithName("GetClock").WithSummary("What the replay clock shows, and whether it runs");
        routes.MapPut("/clock", MoveClock).WithName("MoveClock")
            .WithSummary("Moves the replay clock: it stands there, or runs from there; a restart resumes it");
        routes.MapPost("/due", RunDueWork).WithName("RunDueWork")
            .WithSummary("Runs every scheduled job once, now, to its end; answers what each did, by its name");
    }

    private static async Task<NoContent> MoveClock(
        ClockPosition position, StoredClock clock, CancellationToken cancellationToken)
    {
        await clock.MoveTo(position.Now, position.Runs, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<Dictionary<string, object>>> RunDueWork(
        IEnumerable<ScheduledJob> jobs, IServiceProvider services, CancellationToken cancellationToken)
    {
        var done = new Dictionary<string, object>();
        foreach (var job in jobs)
            done[job.Name] = await job.Run(services, cancellationToken);
        return TypedResults.Ok(done);
    }

    private static async Task<Ok<WorkLeft>> GetIdle(
        BusTraffic traffic, IDocumentStore store, IEnumerable<IIdleCheck> checks, CancellationToken cancellationToken)
    {
        // The traffic is read last: what is published after a check was made is then counted, and shows as not
        // consumed.
        var idle = traffic.IsQuiet && await IsAtHead(store, cancellationToken);
        foreach (var check in checks)
            idle = idle && await check.IsIdle(cancellationToken);
        return TypedResults.Ok(new WorkLeft(idle && traffic.IsQuiet, traffic.Published, traffic.Consumed));
    }

    private static async Task<bool> IsAtHead(IDocumentStore store, CancellationToken cancellationToken)
    {
        var shards = store.Options.Events.Daemon is null
            ? []
            : ((DocumentStore)store).Options.Projections.AllShards().Select(s => s.Name.Identity).ToArray();
        await using var session = store.QuerySession();
        var schema = ((DocumentStore)store).Options.DatabaseSchemaName;
        await using var command = session.Connection!.CreateCommand();
        command.CommandText = $"""
            select not exists (
                select from unnest(@shards) as shard
                left join {schema}.mt_event_progression p on p.name = shard
                where coalesce(p.last_seq_id, 0) < (select coalesce(max(seq_id), 0) from {schema}.mt_events))
            """;
        command.Parameters.AddWithValue("shards", shards);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
