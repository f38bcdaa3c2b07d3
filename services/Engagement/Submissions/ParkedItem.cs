using System.Security.Cryptography;
using System.Text;
using CsPlatform.Engagement.UsageEvents;

namespace CsPlatform.Engagement.Submissions;

/// <summary>An item to be kept aside with its reason.</summary>
/// <param name="Claimed">
/// Its id is taken: it is an event that waits. Otherwise only bytes that are no event yet.
/// </param>
internal sealed record ParkedItem(Entry Entry, string Reason, string Detail, bool Claimed)
{
    public static ParkedItem Refused(Entry entry, UsageEventRefusedException refusal) =>
        new(entry, refusal.Code, refusal.Message, Claimed: false);

    public UsageItem Item => Entry.Item;

    public Origin Origin => Entry.Origin;

    /// <summary>
    /// Equal for the same bytes from the same sender with the same fault, so that a redelivery is seen as one.
    /// </summary>
    public byte[] Digest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{Origin.Sender}\n{Reason}\n"));
        hash.AppendData(Item.Raw.Span);
        return hash.GetHashAndReset();
    }
}
