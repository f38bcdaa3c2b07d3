using Microsoft.Extensions.DependencyInjection;

namespace CsPlatform.Backbone;

/// <summary>
/// Work that is due again and again. Runs by the schedule, and when a driver that plays history asks for it.
/// </summary>
public interface IScheduledJob
{
    /// <summary>Does what is due now, to its end. Safe to run again at any time.</summary>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <returns>What it did, as <c>POST /dev/due</c> answers it.</returns>
    Task<object> Run(CancellationToken cancellationToken);
}

/// <summary>A job as it is registered, once for the schedule and for <c>POST /dev/due</c>.</summary>
/// <param name="Name">The job's class; the name of its trigger too.</param>
/// <param name="Every">The interval.</param>
/// <param name="Job">Makes it from the services of one run.</param>
internal sealed record ScheduledJob(string Name, TimeSpan Every, Func<IServiceProvider, IScheduledJob> Job)
{
    public static ScheduledJob Of<TJob>(TimeSpan every) where TJob : class, IScheduledJob =>
        new(typeof(TJob).Name, every, services => ActivatorUtilities.CreateInstance<TJob>(services));

    public async Task<object> Run(IServiceProvider services, CancellationToken ct)
    {
        await using var scope = services.CreateAsyncScope();
        return await Job(scope.ServiceProvider).Run(ct);
    }
}
