namespace CsPlatform.Engagement.FirstUse;

/// <summary>A fact on the stream of one account's use. Stored for ever: add new ones, never change one.</summary>
internal interface IUseEvent;

/// <summary>First event of the stream: a person of the account used the product, by event time.</summary>
[Stored("first_use_seen.v1")]
internal sealed record FirstUseSeen(Guid AccountId, DateTimeOffset OccurredAt) : IUseEvent;

/// <summary>A late event shows that the first use was on an earlier day than known so far.</summary>
[Stored("first_use_corrected.v1")]
internal sealed record FirstUseCorrected(Guid AccountId, DateTimeOffset OccurredAt) : IUseEvent;

/// <summary>
/// Names the type of these streams, whose ids are the accounts'. Nothing folds them: the earliest use known by now lies
/// in <c>account_first_use</c>.
/// </summary>
internal sealed record AccountUse;
