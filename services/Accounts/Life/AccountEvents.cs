namespace CsPlatform.Accounts.Life;

/// <summary>A fact on one account's stream. Stored for ever: add new ones, never change one.</summary>
internal interface IAccountEvent
{
    /// <summary>When it was so, UTC; when we learned it is the stored event's timestamp.</summary>
    DateTimeOffset OccurredAt { get; }
}

/// <summary>First event of every stream.</summary>
[Stored("account_registered.v1")]
internal sealed record AccountRegistered(
    Guid AccountId, AccountDetails Details, DateTimeOffset OccurredAt) : IAccountEvent;

/// <summary>Carries all details as they are now, and what changed.</summary>
[Stored("account_details_corrected.v1")]
internal sealed record AccountDetailsCorrected(
    AccountDetails Details, IReadOnlyList<DetailChange> Changes, DateTimeOffset OccurredAt) : IAccountEvent;

[Stored("external_key_linked.v1")]
internal sealed record ExternalKeyLinked(string System, string Key, DateTimeOffset OccurredAt) : IAccountEvent;

[Stored("csm_assigned.v1")]
internal sealed record CsmAssigned(string CsmId, string? PreviousCsmId, DateTimeOffset OccurredAt) : IAccountEvent;

/// <summary>A journey stage was entered (which ends a side state), or a side state beside it.</summary>
[Stored("stage_entered.v1")]
internal sealed record StageEntered(Stage Stage, string? Reason, DateTimeOffset OccurredAt) : IAccountEvent;
