using CsPlatform.Engagement.UsageEvents;

namespace CsPlatform.Engagement.Intake;

/// <summary>Which sources a broker user may send: settings <c>Publishers__{user}__0</c>, <c>__1</c>…</summary>
internal sealed class AmqpPublishers(IConfiguration configuration)
{
    private readonly Dictionary<string, HashSet<string>> sources = configuration.GetSection("Publishers").GetChildren()
        .ToDictionary(
            user => user.Key, user => user.GetChildren().Select(s => s.Value!).ToHashSet(StringComparer.Ordinal));

    /// <summary>
    /// The items of a delivery, each taken or refused; a body that can't be cut into items is one refused item.
    /// </summary>
    public IReadOnlyList<UsageItem> Judge(ReadOnlyMemory<byte> body, string? sender, UsageLimits limits)
    {
        try
        {
            if (body.Length > limits.RequestBytes)
                throw new UsageEventRefusedException(
                    IntakeCodes.RequestTooLarge, $"A message has at most {limits.RequestBytes} bytes.");
            var parser = new UsageEventParser(limits);
            var items = EventBatch.IsBatch(body.Span) ? EventBatch.Split(body, limits) : [body];
            return [.. items.Select(raw => Judge(parser.Parse(raw), sender))];
        }
        catch (UsageEventRefusedException e)
        {
            return [new UsageItem(body, null, e, null, null)];
        }
    }

    private UsageItem Judge(UsageItem item, string? sender)
    {
        if (item.Event is not { } e)
            return item;
        if (string.IsNullOrEmpty(sender))
            return item with
            {
                Event = null,
                Refusal = new(IntakeCodes.UserIdMissing, "The message has no user_id property."),
            };
        return sources.TryGetValue(sender, out var own) && own.Contains(e.Source) ? item : item.RefuseSource(sender);
    }
}
