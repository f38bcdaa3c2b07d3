using System.Diagnostics;
using OpenTelemetry.Trace;

namespace CsPlatform.ServiceDefaults;

/// <summary>
/// Which span may begin a trace: a call, a delivery, a run of a schedule. A client's call that nothing caused polls
/// (leader locks, the scheduler), and a page of the daemon is of many events, whose own traces go on with what they
/// mean.
/// </summary>
/// <param name="perSecond">At most so many traces begin in a second; what a caller began always goes on.</param>
/// <param name="clock">Its monotonic clock only.</param>
internal sealed class RootsWithAStory(int perSecond, TimeProvider clock) : Sampler
{
    private readonly Lock gate = new();
    private readonly long start = clock.GetTimestamp();
    private long second;
    private int begun;

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) => new(
        samplingParameters.Kind != ActivityKind.Client
        && !samplingParameters.Name.StartsWith("marten.", StringComparison.Ordinal)
        && MayBegin()
            ? SamplingDecision.RecordAndSample
            : SamplingDecision.Drop);

    private bool MayBegin()
    {
        if (perSecond == int.MaxValue)
            return true;
        lock (gate)
        {
            if ((long)clock.GetElapsedTime(start).TotalSeconds is var now && now != second)
                (second, begun) = (now, 0);
            return ++begun <= perSecond;
        }
    }
}
