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
}
