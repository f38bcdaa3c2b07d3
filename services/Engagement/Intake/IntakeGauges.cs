namespace CsPlatform.Engagement.Intake;

/// <summary>How far behind the path of a usage event is, and what of it was set aside.</summary>
internal static class IntakeGauges
{
    public static void AddIntakeGauges(this IServiceCollection services)
    {
        services.AddSampledGauge("csplatform.intake.messages", "{message}",
            "Usage messages of the broker: waiting on its queue, in hand, or unreadable and set aside", "state",
            async (provider, ct) => await provider.GetRequiredService<UsageQueueConsumer>().Depths(ct));
        services.AddSampledGauge("csplatform.intake.submissions", "{submission}",
            "Requests and deliveries that wait for the writer", tag: null, (provider, _) =>
                Task.FromResult<IReadOnlyList<Sample>>(
                    [new(null, provider.GetRequiredService<IntakeWriter>().Waiting)]));
        services.AddSampledGauge("csplatform.changed_days.waiting", "{day}",
            "Days whose new figures the other services were not told yet", tag: null,
            _ => "select null, count(*)::double precision from engagement.day_mark");
        services.AddSampledGauge("csplatform.parked_events", "{event}",
            "Usage events that are kept aside, by reason", "reason", _ =>
                """
                select reason, count(*)::double precision from engagement.parked_event
                where status = 'parked' group by reason
                """);
    }
}
