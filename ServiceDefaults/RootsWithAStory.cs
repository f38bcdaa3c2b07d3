using System.Diagnostics;
using OpenTelemetry.Trace;

namespace CsPlatform.ServiceDefaults;

/// <summary>
/// Which span may begin a trace: a call, a delivery, a run of a schedule. A client's call that nothing caused polls
/// (leader locks, the scheduler), and a page of the daemon is of many events, whose own traces go on with what they
/// mean.
/// </summary>
internal sealed class RootsWithAStory : Sampler
{
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) => new(
        samplingParameters.Kind == ActivityKind.Client
        || samplingParameters.Name.StartsWith("marten.", StringComparison.Ordinal)
            ? SamplingDecision.Drop
            : SamplingDecision.RecordAndSample);
}
