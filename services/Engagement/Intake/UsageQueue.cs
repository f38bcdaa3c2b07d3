using CsPlatform.Contracts;

namespace CsPlatform.Engagement.Intake;

/// <summary>The names of the broker's side of the intake.</summary>
internal static class UsageQueue
{
    public const string Name = "engagement.usage-events";

    /// <summary>
    /// Messages delivered too often without an answer: they kill their reader, and are parked unread.
    /// </summary>
    public const string Dead = Name + ".dead";

    /// <summary>
    /// Dead ones that not even their bytes can be taken of: the client library fails on their headers. They stay whole
    /// in the broker.
    /// </summary>
    public const string Unreadable = Name + ".unreadable";

    /// <summary>Where messages go while no queue is bound; without it the broker would confirm and drop them.</summary>
    public const string Unrouted = Topology.UsageEventsExchange + ".unrouted";
}
