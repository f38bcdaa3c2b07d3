using System.Globalization;
using CsPlatform.Reliability.Tests.Oracle;

namespace CsPlatform.Reliability.Tests.Load;

/// <summary>One usage event as a company's product sends it.</summary>
public sealed record PlannedEvent(
    string Id, string Subject, DateTimeOffset Time, string User, string Feature, int Minutes, bool Automation = false)
{
    public LedgerKey Key => LedgerKey.Usage(ReliabilitySystem.Source, Id);

    public LedgerEntry Entry => new(Key, Content, Fate.Ambiguous);

    /// <summary>As the oracle's query words what is stored.</summary>
    public string Content => string.Create(CultureInfo.InvariantCulture,
        $"{Subject}|{Time.UtcDateTime:yyyy-MM-dd HH:mm:ss}|{User}|{Minutes}|{Feature}|{(Automation ? "true" : "false")}");

    public object Body => BodyOf(ReliabilitySystem.Source);

    public byte[] Json => JsonOf(ReliabilitySystem.Source);

    /// <summary>As another source would send it.</summary>
    public byte[] JsonOf(string source) => JsonSerializer.SerializeToUtf8Bytes(BodyOf(source));

    private object BodyOf(string source) => new
    {
        specversion = "1.0",
        id = Id,
        source,
        type = "com.example.product.used",
        subject = Subject,
        time = Time.ToString("O", CultureInfo.InvariantCulture),
        data = new { user = User, feature = Feature, minutes = Minutes, userKind = Automation ? "automation" : "person" },
    };
}

public enum Transport { HttpSingle, HttpBatch, AmqpSingle, AmqpBatch }

/// <summary>What one request or message carries.</summary>
public sealed record Shipment(Transport Transport, IReadOnlyList<PlannedEvent> Events);

/// <summary>
/// Seeded: the same seed gives the same events in the same shipments. Days come in any order, some events twice and
/// over the other transport.
/// </summary>
public sealed class UsagePlan
{
    private static readonly string[] Features = ["reports", "dashboards", "imports", "exports", "sharing"];

    private readonly Random random;

    private UsagePlan(int seed) => random = new(seed);

    public IReadOnlyList<Shipment> Shipments { get; private init; } = [];

    public IEnumerable<PlannedEvent> Events => Shipments.SelectMany(s => s.Events).DistinctBy(e => e.Id);

    /// <summary>These events in one shipment.</summary>
    public static UsagePlan Of(Transport transport, params IReadOnlyList<PlannedEvent> events) =>
        new(0) { Shipments = [new(transport, events)] };

    /// <param name="seed">Says everything else.</param>
    /// <param name="prefix">Begins every id: two plans of one system need two.</param>
    /// <param name="subjects">External keys of accounts, registered or not.</param>
    /// <param name="lastDay">The youngest day.</param>
    /// <param name="days">Days before it that have use.</param>
    /// <param name="eventsPerDay">Of one account, about.</param>
    public static UsagePlan Make(
        int seed, string prefix, IReadOnlyList<string> subjects, DateTimeOffset lastDay, int days, int eventsPerDay = 4)
    {
        var plan = new UsagePlan(seed);
        var events = plan.MakeEvents(prefix, subjects, lastDay, days, eventsPerDay).ToList();
        return new(seed) { Shipments = plan.Ship(events) };
    }

    /// <summary>The same events, each shipment by the other transport, the last first.</summary>
    public UsagePlan OverTheOtherTransport() =>
        new(seed: 0) { Shipments = [.. Shipments.Reverse().Select(s => new Shipment(Other(s.Transport), s.Events))] };

    /// <summary>The same use by another customer.</summary>
    public UsagePlan By(string subject) => new(seed: 0)
    {
        Shipments = [.. Shipments.Select(s => s with
        {
            Events = [.. s.Events.Select(e => e with { Id = $"{subject}-{e.Id}", Subject = subject })],
        })],
    };

    private IEnumerable<PlannedEvent> MakeEvents(
        string prefix, IReadOnlyList<string> subjects, DateTimeOffset lastDay, int days, int eventsPerDay)
    {
        foreach (var subject in subjects)
            for (var back = 0; back < days; back++)
                for (var i = 0; i < eventsPerDay; i++)
                {
                    var minute = new DateTimeOffset(lastDay.Date, TimeSpan.Zero).AddDays(-back).AddMinutes(
                        random.Next(lastDay.Hour * 60));
                    yield return new(
                        $"{prefix}-{subject}-{back}-{i}", subject, minute,
                        $"user-{random.Next(6)}", Features[random.Next(Features.Length)], random.Next(1, 60),
                        Automation: random.Next(20) == 0);
                }
    }

    private List<Shipment> Ship(List<PlannedEvent> events)
    {
        var inAnyOrder = events.ToArray();
        random.Shuffle(inAnyOrder);
        List<Shipment> shipments = [];
        for (var at = 0; at < inAnyOrder.Length;)
        {
            var transport = (Transport)random.Next(4);
            var size = transport is Transport.HttpBatch or Transport.AmqpBatch ? random.Next(2, 40) : 1;
            shipments.Add(new(transport, [.. inAnyOrder.Skip(at).Take(size)]));
            at += size;
        }
        foreach (var shipment in shipments.Where(_ => random.Next(10) == 0).ToList())
            shipments.Insert(random.Next(shipments.Count), new(Other(shipment.Transport), shipment.Events));
        return shipments;
    }

    private static Transport Other(Transport transport) => transport switch
    {
        Transport.HttpSingle => Transport.AmqpSingle,
        Transport.HttpBatch => Transport.AmqpBatch,
        Transport.AmqpSingle => Transport.HttpSingle,
        Transport.AmqpBatch => Transport.HttpBatch,
    };
}
