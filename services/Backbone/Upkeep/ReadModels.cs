using CsPlatform.Contracts.Access;
using CsPlatform.ServiceDefaults;
using JasperFx.Events.Projections;
using Marten;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Npgsql;

namespace CsPlatform.Backbone;

/// <summary>What a read model is about.</summary>
internal enum ReadModelState
{
    /// <summary>It follows the events.</summary>
    Follows,

    /// <summary>A rebuild is asked for and will begin.</summary>
    RebuildAsked,

    /// <summary>It is being made anew: what it answers is incomplete until it has caught up.</summary>
    Rebuilding,
}

/// <summary>A read model of the service: what one projection keeps.</summary>
/// <param name="Name">The projection's; a rebuild is asked for by it.</param>
/// <param name="Online">
/// True where the daemon keeps it, so that it can be made anew while the service runs; false where each command writes
/// it along with its events, which only the <c>rebuild</c> verb makes anew.
/// </param>
/// <param name="Sequence">The last event that it contains.</param>
/// <param name="Head">The last event that is stored.</param>
/// <param name="Behind">How many numbers of events lie between: at least as many as events.</param>
/// <param name="State">Whether a rebuild is asked for or under way.</param>
/// <param name="AskedAt">UTC; when a rebuild was last asked for, absent unless it was.</param>
/// <param name="RebuiltAt">UTC; when the last rebuild was done, absent unless one was.</param>
internal sealed record ReadModel(
    string Name, bool Online, long Sequence, long Head, long Behind, ReadModelState State, DateTimeOffset? AskedAt,
    DateTimeOffset? RebuiltAt);

/// <summary>The ops API over what projections keep: how far each is, and its rebuild.</summary>
internal static class ReadModels
{
    public static void MapReadModels(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/read-models").WithTags("Operations").Require(Permissions.Operate);
        group.MapGet("", List)
            .WithName("ListReadModels").WithSummary("How far each read model is, and whether it is being made anew");
        group.MapPost("/{name}/rebuild", AskForRebuild)
            .WithName("RebuildReadModel")
            .WithSummary("Has the read model made anew from the stored events, while the service runs; safe to repeat")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Ok<Page<ReadModel>>> List(
        IDocumentStore store, StoreSetup setup, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        var projections = ProjectionsOf(store).Select(p => (
            p.Name, IsOnline: p.Lifecycle == ProjectionLifecycle.Async,
            Shards: p.Shards().Select(s => s.Name.Identity).ToArray()));
        List<ReadModel> models = [];
        foreach (var (name, isOnline, shards) in projections)
        {
            await using var read = database.CreateCommand($"""
                select head, case when $3 then least(head, sequence) else head end, r.asked_at, r.done_at,
                  r.name is not null and coalesce(r.begun_at < r.asked_at, true),
                  r.name is not null and coalesce(r.done_at < r.begun_at, true)
                from (select coalesce(max(seq_id), 0) as head from {setup.Service}.mt_events) h,
                  (select coalesce(min(coalesce(p.last_seq_id, 0)), 0) as sequence from unnest($2) as shard
                   left join {setup.Service}.mt_event_progression p on p.name = shard) s
                left join {setup.Service}.read_model_rebuild r on r.name = $1
                """);
            read.Parameters.Add(new() { Value = name });
            read.Parameters.Add(new() { Value = shards });
            read.Parameters.Add(new() { Value = isOnline });
            await using var row = await read.ExecuteReaderAsync(cancellationToken);
            await row.ReadAsync(cancellationToken);
            var (head, sequence) = (row.GetInt64(0), row.GetInt64(1));
            models.Add(new(
                name, isOnline, sequence, head, head - sequence,
                row.GetBoolean(4) ? ReadModelState.RebuildAsked
                    : row.GetBoolean(5) ? ReadModelState.Rebuilding : ReadModelState.Follows,
                Time(row, 2), Time(row, 3)));
        }
        return TypedResults.Ok(new Page<ReadModel>(models, Next: null));
    }

    private static async Task<Accepted> AskForRebuild(
        string name, IDocumentStore store, ReadModelRebuilds rebuilds, CancellationToken cancellationToken)
    {
        var projection = ProjectionsOf(store).FirstOrDefault(p => p.Name == name)
            ?? throw RefusedException.Unknown("read-model");
        // Commands decide from it and write it back: one that read it before it was made anew would undo that after it.
        if (projection.Lifecycle != ProjectionLifecycle.Async)
            throw new RefusedException(
                "read-model-inline",
                "Commands decide from this read model and write it with their events, so it is not made anew while the "
                + "service runs. Stop every replica, run the service with the argument rebuild, and start it again.");

        await rebuilds.Ask(projection.Name, cancellationToken);
        return TypedResults.Accepted((string?)null);
    }

    private static IEnumerable<IProjectionSource<IDocumentOperations, IQuerySession>> ProjectionsOf(
        IDocumentStore store) =>
        ((DocumentStore)store).Options.Projections.All.Where(p => p.Lifecycle != ProjectionLifecycle.Live)
        .OrderBy(p => p.Name, StringComparer.Ordinal);

    private static DateTimeOffset? Time(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
}
