namespace CsPlatform.Engagement.UsageEvents;

/// <summary>One thing that somebody, or some program, did in the product; every string in it can be stored.</summary>
/// <param name="Source">Who publishes; with <paramref name="Id"/> the event's identity, for good.</param>
/// <param name="Id">Unique within the source.</param>
/// <param name="Type">What kind of event.</param>
/// <param name="Subject"><c>system/key</c> or <c>account/guid</c>, the guid in lower case.</param>
/// <param name="Time">When it happened, UTC in whole microseconds; null when the publisher left it out.</param>
/// <param name="Use">What of it counts.</param>
/// <param name="Data">The payload as canonical JSON; null without one.</param>
/// <param name="Extensions">Other attributes as a canonical JSON object; null without any.</param>
/// <param name="Fingerprint">Equal for equal meaning, whatever the transport; see <see
/// cref="UsageEvents.Fingerprint"/>.</param>
internal sealed record UsageEvent(
    string Source, string Id, string Type, string Subject, DateTimeOffset? Time, Use Use,
    byte[]? Data, byte[]? Extensions, byte[] Fingerprint);

/// <summary>The members of <c>data</c> that the daily figures are made of.</summary>
/// <param name="User">Who; null where the publisher does not say.</param>
/// <param name="Automation">A program's doing: kept, but no use.</param>
/// <param name="Features">Distinct, in ordinal order.</param>
/// <param name="Minutes">Minutes in the product, not negative.</param>
internal sealed record Use(string? User, bool Automation, string[] Features, decimal Minutes)
{
    public static Use Nothing { get; } = new(null, false, [], 0);
}

/// <summary>An item of a request or delivery: an event, or the reason why it is none.</summary>
/// <param name="Raw">The item as it came (structured JSON; an event in binary mode is put into that form).</param>
/// <param name="Event">Null when refused.</param>
/// <param name="Refusal">Null when taken.</param>
/// <param name="Id">The id as far as it could be read, for the answer.</param>
/// <param name="Source">Likewise.</param>
internal sealed record UsageItem(
    ReadOnlyMemory<byte> Raw, UsageEvent? Event, UsageEventRefusedException? Refusal, string? Id, string? Source)
{
    /// <summary>A publisher sends only its own sources.</summary>
    public UsageItem RefuseSource(string sender) => this with
    {
        Event = null,
        Refusal = new(IntakeCodes.SourceNotAllowed, $"{sender} may not send events of this source."),
    };
}
