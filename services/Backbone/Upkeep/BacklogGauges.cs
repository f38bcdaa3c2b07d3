using Marten;
using Microsoft.Extensions.DependencyInjection;

namespace CsPlatform.Backbone;

/// <summary>How far behind a service is, and what it has set aside: the same gauges everywhere.</summary>
internal static class BacklogGauges
{
    /// <param name="services">The service's.</param>
    /// <param name="service">Its name, also of its schema and its queue.</param>
    public static void AddBacklogGauges(this IServiceCollection services, string service)
    {
        services.AddSampledGauge("csplatform.projection.behind", "{event}",
            "Stored events that a projection has yet to take in; the outbox is one of them", "projection",
            provider => $"""
            select n.name, (h.head - coalesce(p.last_seq_id, 0))::double precision
            from {Projections(provider)}
            left join {service}.mt_event_progression p on p.name = n.name
            cross join (select coalesce(max(seq_id), 0) as head from {service}.mt_events) h
            """);
        services.AddSampledGauge("csplatform.projection.lag", "s",
            "Age of the oldest event that a projection has yet to take in", "projection",
            provider => $"""
            select n.name, coalesce(greatest(0, extract(epoch from @now - (
              select e.timestamp from {service}.mt_events e
              where e.seq_id > coalesce(p.last_seq_id, 0) order by e.seq_id limit 1))), 0)::double precision
            from {Projections(provider)}
            left join {service}.mt_event_progression p on p.name = n.name
            """);
        services.AddSampledGauge("csplatform.failed_messages.waiting", "{message}",
            "Messages that could not be handled and wait for a replay", tag: null,
            _ => $"select null, count(*)::double precision from {service}.failed_message where replayed_at is null");
        services.AddSampledGauge("csplatform.messages.waiting", "{message}",
            "Messages on a queue of the service that it has not been given yet", "queue", async (provider, ct) =>
                [.. (await provider.GetRequiredService<FailedMessages>().Waiting(ct))
                    .Select(w => new Sample(w.Queue, w.Messages))]);
    }

    /// <summary>Those that the store has now: progress of earlier ones stays in the table.</summary>
    private static string Projections(IServiceProvider provider)
    {
        var shards = ((DocumentStore)provider.GetRequiredService<IDocumentStore>()).Options.Projections.AllShards();
        return $"(values {string.Join(", ", shards.Select(s => $"('{s.Name.Identity}')"))}) n(name)";
    }
}
