namespace CsPlatform.Backbone;

/// <summary>
/// Says that a message was handled. Inserted in the same transaction as the message's effects: a second delivery then
/// fails on this row as a whole, and the bus acknowledges it.
/// </summary>
/// <param name="Id">The message id.</param>
public sealed record HandledMessage(Guid Id);
