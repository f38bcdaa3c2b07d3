using CsPlatform.Accounts.Life;

namespace CsPlatform.Accounts.Table;

/// <summary>
/// A row of the customer table, and the account at any past moment: the same fold of its stream. The table is a little
/// behind (asynchronous); one account asked for by id is folded at once.
/// </summary>
internal sealed record AccountRow
{
    public required Guid Id { get; init; }

    /// <summary>Events of the stream that are folded in.</summary>
    public long Version { get; init; }

    public required AccountDetails Details { get; init; }

    public IReadOnlyList<ExternalKey> ExternalKeys { get; init; } = [];

    public string? CsmId { get; init; }

    public Stage? Stage { get; init; }

    public DateTimeOffset? StageEnteredAt { get; init; }

    public Stage? SideState { get; init; }

    public HealthSeen? Health { get; init; }

    /// <summary>Every alert heard of, closed ones too: they keep a late message from opening it again.</summary>
    public IReadOnlyList<AlertSeen> Alerts { get; init; } = [];

    public DateTimeOffset? FirstUseAt { get; init; }

    /// <summary>The last answer of each metric.</summary>
    public IReadOnlyList<AnswerSeen> Answers { get; init; } = [];

    public IReadOnlyList<ContractSeen> Contracts { get; init; } = [];

    public DateTimeOffset RegisteredAt { get; init; }

    /// <summary>When the last folded event was recorded.</summary>
    public DateTimeOffset RecordedAt { get; init; }

    /// <summary>The name as it is sorted.</summary>
    public string SortName { get; init; } = "";

    /// <summary>What a search looks through: the name and the external keys in lower case, a line each.</summary>
    public string SearchText { get; init; } = "";
}

internal sealed record HealthSeen(decimal Score, string? Band, DateTimeOffset OccurredAt);

internal sealed record AlertSeen(Guid AlertId, string Category, string? Severity, bool Open, int Revision);

internal sealed record AnswerSeen(string Metric, int Score, DateTimeOffset OccurredAt);

internal sealed record ContractSeen(Guid ContractId, DateOnly EndsOn, bool RenewalOpen);
