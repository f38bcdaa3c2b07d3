namespace CsPlatform.Engagement.UsageEvents;

/// <summary>
/// What one publisher may send. Settings under <c>Limits</c>; the defaults are published in the README.
/// </summary>
internal sealed record UsageLimits
{
    public int RequestBytes { get; init; } = 1024 * 1024;
    public int BatchEvents { get; init; } = 1000;
    public int EventBytes { get; init; } = 64 * 1024;
    public int Depth { get; init; } = 32;
    public int Keys { get; init; } = 1000;
    public int StringBytes { get; init; } = 32 * 1024;

    /// <summary>Of one number; integers lie within ±(2^53−1) whatever is set here, as RFC 7493 wants it.</summary>
    public int NumberDigits { get; init; } = CanonicalNumber.DigitsMax;

    /// <summary>
    /// For <c>id</c>, <c>source</c>, <c>type</c>, <c>subject</c>, user and feature names: they are keys of indexes.
    /// </summary>
    public int NameBytes { get; init; } = 512;

    /// <summary>An event further ahead of our clock is parked: its publisher's clock is wrong.</summary>
    public int FutureHours { get; init; } = 24;

    /// <summary>An older event is parked until someone says that a back-fill is meant.</summary>
    public int PastYears { get; init; } = 5;

    /// <summary>Minutes of use that a single event may carry.</summary>
    public int EventMinutes { get; init; } = 100_000;

    /// <exception cref="InvalidOperationException">A setting is out of its bounds; the message names it.</exception>
    public static UsageLimits From(IConfiguration configuration)
    {
        var unlessSet = new UsageLimits();
        return new()
        {
            RequestBytes = Number(nameof(RequestBytes), unlessSet.RequestBytes, 1 << 10, 1 << 28),
            BatchEvents = Number(nameof(BatchEvents), unlessSet.BatchEvents, 1, 100_000),
            EventBytes = Number(nameof(EventBytes), unlessSet.EventBytes, 1 << 8, 1 << 26),
            // What is cut into items and read again stands at lower limits of its own.
            Depth = Number(nameof(Depth), unlessSet.Depth, 1, 60),
            Keys = Number(nameof(Keys), unlessSet.Keys, 6, 1_000_000),
            StringBytes = Number(nameof(StringBytes), unlessSet.StringBytes, 64, 1 << 26),
            NumberDigits = Number(nameof(NumberDigits), unlessSet.NumberDigits, 1, CanonicalNumber.DigitsMax),
            // An entry of a PostgreSQL index has room for 2,704 bytes.
            NameBytes = Number(nameof(NameBytes), unlessSet.NameBytes, 36, 2_048),
            FutureHours = Number(nameof(FutureHours), unlessSet.FutureHours, 0, 8_760),
            PastYears = Number(nameof(PastYears), unlessSet.PastYears, 1, 50),
            EventMinutes = Number(nameof(EventMinutes), unlessSet.EventMinutes, 1, 100_000_000),
        };

        int Number(string name, int otherwise, int min, int max) =>
            configuration.Number($"Limits:{name}", otherwise, min, max);
    }
}
