namespace CsPlatform.Engagement.FirstUse;

/// <summary>A fact on the stream of one account's use. Stored for ever: add new ones, never change one.</summary>
internal interface IUseEvent;

/// <summary>First event of the stream: a person of the account used the product, by event time.</summary>
internal sealed record FirstUseSeen(Guid AccountId, DateTimeOffset OccurredAt) : IUseEvent;

/// <summary>A late event shows that the first use was on an earlier day than known so far.</summary>
internal sealed record FirstUseCorrected(Guid AccountId, DateTimeOffset OccurredAt) : IUseEvent;

/// <summary>What an account's stream says; its id is the account's.</summary>
internal sealed partial record AccountUse(Guid Id, DateTimeOffset FirstUsedAt)
{
    public static AccountUse Create(FirstUseSeen e) => new(e.AccountId, e.OccurredAt);

    public AccountUse Apply(FirstUseCorrected e) => this with { FirstUsedAt = e.OccurredAt };
}
