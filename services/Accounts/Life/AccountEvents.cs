namespace CsPlatform.Accounts.Life;

/// <summary>A fact on one account's stream. Stored for ever: add new ones, never change one.</summary>
internal interface IAccountEvent
{
    /// <summary>When it was so, UTC; when we learned it is the stored event's timestamp.</summary>
    DateTimeOffset OccurredAt { get; }
}

/// <summary>First event of every stream.</summary>
internal sealed record AccountRegistered(
    Guid AccountId, AccountDetails Details, DateTimeOffset OccurredAt) : IAccountEvent;

/// <summary>Carries all details as they are now, and what changed.</summary>
internal sealed record AccountDetailsCorrected(
    AccountDetails Details, IReadOnlyList<DetailChange> Changes, DateTimeOffset OccurredAt) : IAccountEvent;

internal sealed record ExternalKeyLinked(string System, string Key, DateTimeOffset OccurredAt) : IAccountEvent;

internal sealed record CsmAssigned(string CsmId, string? PreviousCsmId, DateTimeOffset OccurredAt) : IAccountEvent;

/// <summary>A journey stage was entered (which ends a side state), or a side state beside it.</summary>
internal sealed record StageEntered(Stage Stage, string? Reason, DateTimeOffset OccurredAt) : IAccountEvent;
