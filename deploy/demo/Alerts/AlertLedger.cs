using System.Text.Json;
using CsPlatform.Contracts.Health.V1;

namespace CsPlatform.Demo.Alerts;

/// <summary>A churn-risk CloudEvent as a subscriber receives it.</summary>
internal sealed record ReceivedAlert(
    string Id, string Source, string Type, DateTimeOffset Time, string AccountSequence, string? Severity,
    ChurnRiskAlert Data)
{
    public static ReceivedAlert Parse(ReadOnlySpan<byte> body)
    {
        var e = JsonSerializer.Deserialize<Envelope>(body, Replaying.Json.Options) ?? throw new JsonException(
            "An empty event.");
        return new(e.Id, e.Source, e.Type, e.Time, e.AccountSequence, e.SeverityText, e.Data);
    }

    /// <summary>raised, updated, escalated, cleared or retracted.</summary>
    public string Kind => Type.Split('.') is [.., var kind, _] ? kind : Type;

    private sealed record Envelope(
        string Id, string Source, string Type, DateTimeOffset Time, string AccountSequence, string? SeverityText,
        ChurnRiskAlert Data);
}

/// <summary>
/// What a careful subscriber keeps: each event once, in the order of the account's sequence; what breaks either promise
/// is counted.
/// </summary>
internal sealed class AlertLedger
{
    private readonly Lock gate = new();
    private readonly HashSet<(string, string)> seen = [];
    private readonly Dictionary<Guid, string> latest = [];
    private readonly List<ReceivedAlert> received = [];

    public int Duplicates { get; private set; }
    public int OutOfOrder { get; private set; }
    public int Count { get { lock (gate) return received.Count; } }

    public void Record(ReceivedAlert alert)
    {
        lock (gate)
        {
            if (!seen.Add((alert.Source, alert.Id)))
            {
                Duplicates++;
                return;
            }
            // Sequences are zero-padded: text order is number order.
            if (latest.TryGetValue(alert.Data.Account.Id, out var before)
                && string.CompareOrdinal(before, alert.AccountSequence) >= 0)
                OutOfOrder++;
            else
                latest[alert.Data.Account.Id] = alert.AccountSequence;
            received.Add(alert);
        }
    }

    public IReadOnlyList<ReceivedAlert> Received { get { lock (gate) return [.. received]; } }

    /// <summary>Each time an alert was open: from raised to cleared or retracted, or still.</summary>
    public IReadOnlyList<Episode> Episodes()
    {
        var (open, episodes) = (new Dictionary<Guid, ReceivedAlert>(), new List<Episode>());
        foreach (var alert in Received.OrderBy(a => a.AccountSequence, StringComparer.Ordinal))
            if (alert.Kind == "raised")
                open[alert.Data.AlertId] = alert;
            else if (alert.Kind is "cleared" or "retracted" && open.Remove(alert.Data.AlertId, out var raised))
                episodes.Add(new(raised, alert.Time, alert.Data.Outcome?.Code));
        return [.. episodes, .. open.Values.Select(raised => new Episode(raised, null, null))];
    }
}

/// <param name="ClosedAt">Null while it is open.</param>
/// <param name="Why">recovered, churned, dismissed…</param>
internal sealed record Episode(ReceivedAlert Raised, DateTimeOffset? ClosedAt, string? Why)
{
    public Guid AccountId => Raised.Data.Account.Id;

    /// <summary>Open at the end of this day.</summary>
    public bool IsOpenOn(DateOnly day) =>
        RaisedOn <= day && (ClosedAt is null || DateOnly.FromDateTime(ClosedAt.Value.UtcDateTime) > day);

    public DateOnly RaisedOn => DateOnly.FromDateTime(Raised.Time.UtcDateTime);
}
