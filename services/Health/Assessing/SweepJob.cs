namespace CsPlatform.Health.Assessing;

/// <summary>The sweep by the clock.</summary>
internal sealed class SweepJob(HealthSweep sweep) : IScheduledJob
{
    public async Task<object> Run(CancellationToken cancellationToken) =>
        SweepReport.Of(await sweep.Run(cancellationToken));
}
