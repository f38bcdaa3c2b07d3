namespace CsPlatform.Renewals.Messaging;

/// <summary>An account that Accounts has told us of. Contracts of others are refused.</summary>
internal sealed record KnownAccount(Guid Id);
