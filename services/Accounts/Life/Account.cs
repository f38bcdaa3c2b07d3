using System.Collections.Immutable;

namespace CsPlatform.Accounts.Life;

/// <summary>An account as its deciders see it, kept with each append. What it is edited by are its own facts.</summary>
internal sealed partial record Account(
    Guid Id, AccountDetails Registered, AccountDetails Details, ImmutableHashSet<ExternalKey> Keys,
    string? CsmId = null, Stage? JourneyStage = null, Stage? SideState = null, DateTimeOffset? FirstUseAt = null,
    long Edition = 1)
    : IAboutAccount, IEdited
{
    public const int CsmIdMaxLength = 128;

    Guid IAboutAccount.AccountId => Id;

    public static Account Create(AccountRegistered e) => new(e.AccountId, e.Details, e.Details, []);

    public Account Apply(AccountDetailsCorrected e) => Edited() with { Details = e.Details };

    public Account Apply(ExternalKeyLinked e) => Edited() with { Keys = Keys.Add(new ExternalKey(e.System, e.Key)) };

    public Account Apply(CsmAssigned e) => Edited() with { CsmId = e.CsmId };

    public Account Apply(StageEntered e) => e.Stage is Stage.Escalation or Stage.Churned
        ? Edited() with { SideState = e.Stage }
        : Edited() with { JourneyStage = e.Stage, SideState = null };

    public Account Apply(FirstUseReached e) => this with { FirstUseAt = e.OccurredAt };

    private Account Edited() => this with { Edition = Edition + 1 };
}
