using CsPlatform.Engagement.FirstUse;
using JasperFx.Events;
using V1 = CsPlatform.Contracts.Engagement.V1;

namespace CsPlatform.Engagement.Messaging;

/// <summary>
/// The public face of Engagement's events. That days changed is a notice, not an event: <see
/// cref="DayNoticesPublisher"/>.
/// </summary>
internal static class EngagementPublisher
{
    public static IEnumerable<object> Translate(IEvent e) => e.Data switch
    {
        FirstUseSeen first => [new V1.FirstUseSeen(first.AccountId, first.OccurredAt)],
        FirstUseCorrected first => [new V1.FirstUseSeen(first.AccountId, first.OccurredAt)],
        _ => [],
    };
}
