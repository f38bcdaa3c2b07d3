using CsPlatform.ServiceDefaults;
using Quartz;

namespace CsPlatform.Health.Sweeps;

/// <summary>The sweep by the clock.</summary>
internal sealed class SweepJob(HealthSweep sweep) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        await sweep.Run(cancellationToken);
        CrashPoint.Reach("job-done");
    }
}
