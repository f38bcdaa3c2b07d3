using CsPlatform.Engagement.DailyUse;
using CsPlatform.Engagement.FirstUse;
using CsPlatform.Engagement.Intake;
using CsPlatform.Engagement.Messaging;
using CsPlatform.Engagement.Parking;
using CsPlatform.Engagement.SubjectKeys;
using CsPlatform.Engagement.UsageEvents;
using CsPlatform.Engagement.Writing;

namespace CsPlatform.Engagement;

/// <summary>The path of a usage event, from both transports to the notice that a day changed.</summary>
internal static class IntakeRegistration
{
    public static void AddIntake(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton(UsageLimits.From(builder.Configuration));
        services.AddSingleton(IntakeSettings.From(builder.Configuration));
        services.AddSingleton<SourceTable>();
        services.AddSingleton<DayPartitions>();
        services.AddSingleton<SubjectTable>();
        services.AddSingleton<RecordFirstUse>();
        services.AddSingleton<ClaimTable>();
        services.AddSingleton<DayMemory>();
        services.AddSingleton<WriteUsage>();
        services.AddSingleton<CountParked>();
        services.AddSingleton<LinkSubject>();
        services.AddSingleton<AmqpPublishers>();
        services.AddSingleton<ReplayParked>();
        // In this order: the last stops first, and the writer takes what the reader still has in hand.
        AddWorker<DayNoticesPublisher>(services);
        AddWorker<IntakeWriter>(services);
        AddWorker<UsageQueueConsumer>(services);
        services.AddSingleton<IIdleCheck>(s => s.GetRequiredService<DayNoticesPublisher>());
        services.AddSingleton<IIdleCheck>(s => s.GetRequiredService<UsageQueueConsumer>());
        services.AddIntakeGauges();
        services.AddHealthChecks().AddCheck<UsageQueueConsumer>("usage-events", tags: ["ready"]);
    }

    private static void AddWorker<T>(IServiceCollection services) where T : class, IHostedService
    {
        services.AddSingleton<T>();
        services.AddHostedService(s => s.GetRequiredService<T>());
    }
}
