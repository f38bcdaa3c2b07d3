using CsPlatform.Accounts.Life;

namespace CsPlatform.Accounts.Table;

/// <summary>
/// What an account's stream gives to its row of the customer table, and to the account at any past moment: bounded
/// however long the life. The table is a little behind (asynchronous); one account asked for by id is folded at once.
/// What others work out of the account stands beside it (<see cref="Figures.AccountFigures"/>).
/// </summary>
internal sealed record AccountRow
{
    public required Guid Id { get; init; }

    /// <summary>Events of the stream that are folded in.</summary>
    public long Version { get; init; }

    /// <summary>Own facts among them: what is edited.</summary>
    public long Edition { get; init; }

    public required AccountDetails Details { get; init; }

    public IReadOnlyList<ExternalKey> ExternalKeys { get; init; } = [];

    public string? CsmId { get; init; }

    public Stage? Stage { get; init; }

    public DateTimeOffset? StageEnteredAt { get; init; }

    public Stage? SideState { get; init; }

    /// <summary>
    /// The last alert of each category, since one at a time is open; a closed one keeps a late message from opening it
    /// again.
    /// </summary>
    public IReadOnlyList<AlertSeen> Alerts { get; init; } = [];

    public DateTimeOffset? FirstUseAt { get; init; }

    public DateTimeOffset RegisteredAt { get; init; }

    /// <summary>When the last folded event was recorded.</summary>
    public DateTimeOffset RecordedAt { get; init; }

    /// <summary>The name as it is sorted.</summary>
    public string SortName { get; init; } = "";

    /// <summary>What a search looks through: the name and the external keys in lower case, a line each.</summary>
    public string SearchText { get; init; } = "";
}

/// <param name="ChangedAt">When it last changed, by Health's clock.</param>
internal sealed record AlertSeen(
    Guid AlertId, string Category, string? Severity, bool Open, int Revision, DateTimeOffset ChangedAt);
