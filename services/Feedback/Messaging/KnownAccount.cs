namespace CsPlatform.Feedback.Messaging;

/// <summary>An account that Accounts has told us of. Answers of others are refused.</summary>
internal sealed record KnownAccount(Guid Id);
