using JasperFx;

namespace CsPlatform.Accounts.Life;

/// <summary>
/// Holds a key for one account: written in the transaction that links it, its identity makes keys unique across
/// accounts.
/// </summary>
/// <param name="Id"><c>system/key</c>.</param>
/// <param name="AccountId">Whose it is.</param>
internal sealed record LinkedKey(string Id, Guid AccountId);

/// <summary>Who has which key.</summary>
internal static class LinkedKeys
{
    /// <summary>Claims the keys that the events link, in the same transaction.</summary>
    public static void Claim(IDocumentSession session, Guid accountId, IEnumerable<object> events) =>
        session.Insert(events.OfType<ExternalKeyLinked>().Select(e => new LinkedKey($"{e.System}/{e.Key}", accountId)));

    /// <summary>
    /// The key that another account has, where that is why a save failed. Marten joins the faults of a batch.
    /// </summary>
    public static string? TakenOf(Exception exception) => exception switch
    {
        DocumentAlreadyExistsException e when e.DocType == typeof(LinkedKey) => $"{e.Id}",
        AggregateException e => e.InnerExceptions.Select(TakenOf).FirstOrDefault(key => key is not null),
        _ => null,
    };

    /// <summary>Over HTTP: 409 <c>external-key-taken</c>.</summary>
    public static RefusedException? Read(Exception exception) => TakenOf(exception) is { } key
        ? new("external-key-taken", $"The external key {key} belongs to another account.")
        : null;
}
