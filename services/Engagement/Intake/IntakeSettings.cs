namespace CsPlatform.Engagement.Intake;

/// <summary>Settings under <c>Intake</c>.</summary>
internal sealed record IntakeSettings
{
    /// <summary>Transactions at a time.</summary>
    public int Writers { get; init; } = 1;

    /// <summary>Items after which a transaction takes no further request or delivery in.</summary>
    public int TransactionItems { get; init; } = 2000;

    /// <summary>Requests and deliveries that may wait for their transaction.</summary>
    public int Waiting { get; init; } = 256;

    /// <summary>How long a request waits for a place among them before it is answered 503.</summary>
    public int QueueTimeoutSeconds { get; init; } = 5;

    /// <summary>Unacknowledged deliveries of the usage queue.</summary>
    public ushort Prefetch { get; init; } = 500;

    /// <summary>How long marks gather before the notices of changed days go out, when there are few.</summary>
    public int CoalesceMilliseconds { get; init; } = 10;

    /// <summary>And when there are many.</summary>
    public int CoalesceMillisecondsMax { get; init; } = 500;

    /// <exception cref="InvalidOperationException">A setting is out of its bounds; the message names it.</exception>
    public static IntakeSettings From(IConfiguration configuration)
    {
        var unlessSet = new IntakeSettings();
        return new()
        {
            Writers = Number(nameof(Writers), unlessSet.Writers, 1, 32),
            TransactionItems = Number(nameof(TransactionItems), unlessSet.TransactionItems, 1, 100_000),
            Waiting = Number(nameof(Waiting), unlessSet.Waiting, 1, 100_000),
            QueueTimeoutSeconds = Number(nameof(QueueTimeoutSeconds), unlessSet.QueueTimeoutSeconds, 1, 300),
            Prefetch = (ushort)Number(nameof(Prefetch), unlessSet.Prefetch, 1, ushort.MaxValue),
            CoalesceMilliseconds = Number(nameof(CoalesceMilliseconds), unlessSet.CoalesceMilliseconds, 1, 60_000),
            CoalesceMillisecondsMax = Number(
                nameof(CoalesceMillisecondsMax), unlessSet.CoalesceMillisecondsMax, 1, 60_000),
        };

        int Number(string name, int otherwise, int min, int max) =>
            configuration.Number($"Intake:{name}", otherwise, min, max);
    }
}
