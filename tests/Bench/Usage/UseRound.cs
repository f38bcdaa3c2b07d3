using System.Globalization;
using System.Text.Json;
using CsPlatform.Bench.Running;

namespace CsPlatform.Bench.Usage;

/// <summary>One event of use, as a client writes it and as its row holds it.</summary>
internal sealed record UseEvent(
    string Id, Guid AccountId, string Subject, DateTimeOffset Time, string User, string Feature, int Minutes)
{
    public const string Type = "com.example.feature.used";

    public DateOnly Day => DateOnly.FromDateTime(Time.UtcDateTime);

    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("specversion", "1.0");
        json.WriteString("id", Id);
        json.WriteString("source", BenchSystem.Source);
        json.WriteString("type", Type);
        json.WriteString("subject", Subject);
        json.WriteString("time", Time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        json.WriteStartObject("data");
        json.WriteString("user", User);
        json.WriteString("feature", Feature);
        json.WriteNumber("minutes", Minutes);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}

/// <summary>
/// The use that one round sends: 200 customers with ten people and twelve features each, on two days that no other
/// round has; random ids, as the SDKs of CloudEvents make them.
/// </summary>
internal sealed class UseRound
{
    public const int BatchEvents = 1000;

    private const int People = 10, Features = 12, Days = 2;

    private UseRound(IReadOnlyList<IReadOnlyList<UseEvent>> batches) => Batches = batches;

    /// <summary>Of <see cref="BatchEvents"/> each, but the last.</summary>
    public IReadOnlyList<IReadOnlyList<UseEvent>> Batches { get; }

    public IEnumerable<UseEvent> All => Batches.SelectMany(b => b);

    public int Count => Batches.Sum(b => b.Count);

    /// <param name="number">Of the round within the run: decides about its days, and seeds its choices.</param>
    public static UseRound Make(IReadOnlyList<Guid> customers, int number, int events, TimeProvider clock)
    {
        var random = new Random(number);
        var today = new DateTimeOffset(clock.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero);
        var first = today.AddDays(-1000 + number * Days);
        var all = new UseEvent[events];
        for (var i = 0; i < events; i++)
        {
            var customer = random.Next(customers.Count);
            var second = (long)i * Days * 86_400 / events;
            all[i] = new UseEvent(
                RandomId(random), customers[customer], $"crm/c-{customer}",
                first.AddSeconds(second).AddMilliseconds(random.Next(1000)), $"u-{random.Next(People)}",
                $"feature-{random.Next(Features)}", random.Next(1, 60));
        }

        return new UseRound([.. all.Chunk(BatchEvents)]);
    }

    /// <summary>A body for each batch: a JSON array.</summary>
    public IReadOnlyList<byte[]> BatchBodies() => [.. Batches.Select(batch => Body(json =>
    {
        json.WriteStartArray();
        foreach (var e in batch)
            e.WriteTo(json);
        json.WriteEndArray();
    }))];

    /// <summary>A body for each event.</summary>
    public IReadOnlyList<byte[]> SingleBodies() => [.. All.Select(e => Body(e.WriteTo))];

    private static byte[] Body(Action<Utf8JsonWriter> write)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
            write(json);
        return body.ToArray();
    }

    private static string RandomId(Random random)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes).ToString();
    }
}
