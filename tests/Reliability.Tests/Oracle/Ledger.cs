using System.Collections.Concurrent;
using System.Text;

namespace CsPlatform.Reliability.Tests.Oracle;

/// <summary>What a client knows of one thing that it sent.</summary>
public enum Fate
{
    /// <summary>On its way, or cut off without an answer: it may have taken effect.</summary>
    Ambiguous,

    /// <summary>
    /// The platform said that it has it: by a 2xx result for it, or over AMQP by the broker's confirm.
    /// </summary>
    Acknowledged,

    /// <summary>The platform said that it will not have it.</summary>
    Refused,
}

/// <summary>What a thing is and its id, e.g. <c>usage</c> and an event's source and id.</summary>
public readonly record struct LedgerKey(string Kind, string Id)
{
    public static LedgerKey Usage(string source, string id) => new("usage", $"{source} {id}");

    public static LedgerKey Of(string kind, Guid id) => new(kind, id.ToString());
}

/// <param name="Content">What must be found under the key, in the words of the query that looks for it.</param>
public sealed record LedgerEntry(LedgerKey Key, string Content, Fate Fate);

/// <summary>
/// The clients' own memory of what they sent and what they were told, each line on the disk before the client goes
/// on: it stays right whatever is killed.
/// </summary>
public sealed class Ledger : IDisposable
{
    private readonly ConcurrentDictionary<LedgerKey, LedgerEntry> entries = new();
    private readonly FileStream file;
    private readonly Lock writing = new();

    /// <param name="path">A new file.</param>
    public Ledger(string path) => file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);

    public IReadOnlyCollection<LedgerEntry> Entries => [.. entries.Values];

    public int Count(Fate fate) => entries.Values.Count(e => e.Fate == fate);

    /// <summary>Before the first try. A thing sent again stays what it is.</summary>
    public void Sent(IReadOnlyCollection<LedgerEntry> sent)
    {
        foreach (var entry in sent)
            entries.TryAdd(entry.Key, entry with { Fate = Fate.Ambiguous });
        Write("sent", sent.Select(e => e.Key));
    }

    public void Sent(LedgerKey key, string content) => Sent([new(key, content, Fate.Ambiguous)]);

    public void Acknowledged(params IReadOnlyCollection<LedgerKey> keys) => Settle(keys, Fate.Acknowledged);

    /// <summary>What was acknowledged once stays so: a later refusal of a repeat takes nothing back.</summary>
    public void Refused(params IReadOnlyCollection<LedgerKey> keys) => Settle(keys, Fate.Refused);

    /// <summary>A try ended without an answer. Its fate is open as before.</summary>
    public void Unanswered(params IReadOnlyCollection<LedgerKey> keys) => Write("unanswered", keys);

    public void Dispose() => file.Dispose();

    private void Settle(IReadOnlyCollection<LedgerKey> keys, Fate fate)
    {
        foreach (var key in keys)
            entries.AddOrUpdate(key,
                k => throw new InvalidOperationException($"{k} was answered and never sent."),
                (_, known) => known.Fate == Fate.Acknowledged ? known : known with { Fate = fate });
        Write(fate.ToString().ToLowerInvariant(), keys);
    }

    private void Write(string what, IEnumerable<LedgerKey> keys)
    {
        var line = JsonSerializer.Serialize(new { what, keys = keys.Select(k => $"{k.Kind} {k.Id}") });
        lock (writing)
        {
            file.Write(Encoding.UTF8.GetBytes(line + "\n"));
            file.Flush(flushToDisk: true);
        }
    }
}
