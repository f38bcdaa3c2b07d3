using System.Collections.Immutable;

namespace CsPlatform.Accounts.Life;

/// <summary>An account as its deciders see it.</summary>
internal sealed partial record Account(
    Guid Id, AccountDetails Registered, AccountDetails Details, ImmutableHashSet<ExternalKey> Keys,
    string? CsmId = null, Stage? JourneyStage = null, Stage? SideState = null, DateTimeOffset? FirstUseAt = null)
    : IAboutAccount
{
    public const int CsmIdMaxLength = 128;

    Guid IAboutAccount.AccountId => Id;

    public static Account Create(AccountRegistered e) => new(e.AccountId, e.Details, e.Details, []);

    public Account Apply(AccountDetailsCorrected e) => this with { Details = e.Details };

    public Account Apply(ExternalKeyLinked e) => this with { Keys = Keys.Add(new ExternalKey(e.System, e.Key)) };

    public Account Apply(CsmAssigned e) => this with { CsmId = e.CsmId };

    public Account Apply(StageEntered e) => e.Stage is Stage.Escalation or Stage.Churned
        ? this with { SideState = e.Stage }
        : this with { JourneyStage = e.Stage, SideState = null };

    public Account Apply(FirstUseReached e) => this with { FirstUseAt = e.OccurredAt };
}
