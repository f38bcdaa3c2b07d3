using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace CsPlatform.Demo.Replaying;

/// <summary>A request to a service's public API, byte for byte.</summary>
internal sealed record ApiCall(string Service, string Path, string ContentType, ReadOnlyMemory<byte> Body);

/// <summary>A message to the exchange of usage events, byte for byte.</summary>
internal sealed record BrokerMessage(ReadOnlyMemory<byte> Body);

/// <summary>
/// Everything that a day sends, in the order in which it may be sent: accounts first, then what names them. It is made
/// from the day alone; nothing else of the demo writes to the system but the clock and the sweeps.
/// </summary>
internal sealed record DayOnTheWire(
    IReadOnlyList<ApiCall> Accounts, IReadOnlyList<ApiCall> Stages, IReadOnlyList<ApiCall> Facts,
    IReadOnlyList<ApiCall> Usage,
    IReadOnlyList<BrokerMessage> Messages)
{
    public IEnumerable<ApiCall> Calls => [.. Accounts, .. Stages, .. Facts, .. Usage];
}

internal static class Wire
{
    public const int BatchSize = 1000;
    public const string BatchContentType = "application/cloudevents-batch+json";
    private const string Json = "application/json";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static DayOnTheWire Of(ReplayDay day) => new(
        [.. day.Accounts.Select(a => new ApiCall("accounts", "/v1/accounts", Json, Write(w => Account(w, a))))],
        [.. day.Stages.Select(s => new ApiCall("accounts", $"/v1/accounts/{s.AccountId}/stages", Json, Write(w => Stage(w, s))))],
        [
            .. day.Contracts.Select(c => new ApiCall("renewals", "/v1/contracts", Json, Write(w => Contract(w, c)))),
            .. day.Answers.Select(a => new ApiCall("feedback", "/v1/answers", Json, Write(w => Answer(w, a)))),
        ],
        [
            .. day.Events.Where(e => !e.OverAmqp).Chunk(BatchSize)
                .Select(b => new ApiCall("engagement", "/v1/events", BatchContentType, Batch(b))),
        ],
        [.. day.Events.Where(e => e.OverAmqp).Chunk(BatchSize).Select(b => new BrokerMessage(Batch(b)))]);

    private static ReadOnlyMemory<byte> Batch(UsageEvent[] events) => Write(w =>
    {
        w.WriteStartArray();
        foreach (var e in events)
            Event(w, e);
        w.WriteEndArray();
    });

    private static void Event(Utf8JsonWriter w, UsageEvent e)
    {
        w.WriteStartObject();
        w.WriteString("specversion", "1.0");
        w.WriteString("id", e.Id);
        w.WriteString("source", e.Source);
        w.WriteString("type", e.Type);
        w.WriteString("subject", e.Subject);
        w.WriteString("time", Time(e.Time));
        w.WriteString("datacontenttype", Json);
        w.WriteStartObject("data");
        w.WriteString("user", e.User);
        if (e.Automation)
            w.WriteString("userKind", "automation");
        if (e.Features.Count > 0)
        {
            w.WriteStartArray("features");
            foreach (var feature in e.Features)
                w.WriteStringValue(feature);
            w.WriteEndArray();
        }
        if (e.Minutes > 0)
            w.WriteNumber("minutes", e.Minutes);
        w.WriteEndObject();
        w.WriteEndObject();
    }

    private static void Account(Utf8JsonWriter w, NewAccount a)
    {
        w.WriteStartObject();
        w.WriteString("accountId", a.AccountId);
        w.WriteStartObject("details");
        w.WriteString("name", a.Name);
        if (a.Industry is { } industry)
            w.WriteString("industry", industry);
        if (a.Employees is { } employees)
            w.WriteNumber("employees", employees);
        if (a.Country is { } country)
            w.WriteString("country", country);
        if (a.Plan is { } plan)
            w.WriteString("plan", plan);
        if (a.Tier is { } tier)
            w.WriteString("tier", tier);
        w.WriteEndObject();
        w.WriteStartArray("externalKeys");
        w.WriteStartObject();
        w.WriteString("system", a.System);
        w.WriteString("key", a.Key);
        w.WriteEndObject();
        w.WriteEndArray();
        w.WriteEndObject();
    }

    private static void Stage(Utf8JsonWriter w, NewStage s)
    {
        w.WriteStartObject();
        w.WriteString("stage", s.Stage);
        if (s.Reason is { } reason)
            w.WriteString("reason", reason);
        w.WriteEndObject();
    }

    private static void Contract(Utf8JsonWriter w, NewContract c)
    {
        w.WriteStartObject();
        w.WriteString("contractId", c.ContractId);
        w.WriteString("accountId", c.AccountId);
        w.WriteString("startsOn", Day(c.StartsOn));
        w.WriteString("endsOn", Day(c.EndsOn));
        w.WriteNumber("seats", c.Seats);
        w.WriteStartArray("products");
        foreach (var product in c.Products)
            w.WriteStringValue(product);
        w.WriteEndArray();
        w.WriteStartObject("recurringAmount");
        w.WriteString("amount", c.RecurringAmount.ToString("0.00", CultureInfo.InvariantCulture));
        w.WriteString("currency", "EUR");
        w.WriteEndObject();
        w.WriteString("billingPeriod", c.BillingPeriod);
        w.WriteEndObject();
    }

    private static void Answer(Utf8JsonWriter w, NewAnswer a)
    {
        w.WriteStartObject();
        w.WriteString("answerId", a.AnswerId);
        w.WriteString("accountId", a.AccountId);
        w.WriteString("contactId", a.ContactId);
        w.WriteString("metric", a.Metric);
        w.WriteNumber("score", a.Score);
        w.WriteString("answeredAt", Time(a.AnsweredAt));
        w.WriteEndObject();
    }

    private static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
            write(writer);
        return buffer.WrittenSpan.ToArray();
    }

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
