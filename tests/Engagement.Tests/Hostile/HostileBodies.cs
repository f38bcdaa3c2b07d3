using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using CsPlatform.Engagement.UsageEvents;

namespace CsPlatform.Engagement.Tests.Hostile;

/// <summary>The tables of bad input that both transports are given.</summary>
/// <param name="run">Tells the ids and the account of one sending from those of another.</param>
internal sealed class HostileBodies(string run)
{
    private static readonly UsageLimits Limits = new();

    private int number;

    public static IReadOnlyDictionary<string, Func<HostileBodies, IEnumerable<HostileBody>>> Tables { get; } =
        new Dictionary<string, Func<HostileBodies, IEnumerable<HostileBody>>>
        {
            ["forms"] = b => b.Forms(),
            ["batches"] = b => b.Batches(),
            ["sizes"] = b => b.Sizes(),
            ["versions"] = b => b.Versions(),
            ["names"] = b => b.Names(),
            ["texts"] = b => b.Texts(),
            ["payloads"] = b => b.Payloads(),
            ["times"] = b => b.Times(TimeProvider.System.GetUtcNow()),
        };

    private string Subject => $"crm/{run}";

    private IEnumerable<HostileBody> Forms()
    {
        (string Form, string? Code)[] forms =
        [
            ("{0}", null), (" \r\n\t{0}\n", null), ("\uFEFF{0}", "invalid-json"), (
                "{0}\n{0}", "invalid-json"), ("{0}{0}", "invalid-json"),
            ("{0},", "invalid-json"), ("{0}\0", "invalid-json"), ("\"{}\"", "not-an-object"), ("12", "not-an-object"),
            ("null", "not-an-object"), ("true", "not-an-object"), ("", "invalid-json"), (
                " ", "invalid-json"), ("{", "invalid-json"),
            ("/**/{0}", "invalid-json"), ("<event/>", "invalid-json"), (
                "specversion=1.0", "invalid-json"), ("{}", "attribute-missing"),
            ("{\"id\":\"twice\",\"i\\u0064\":\"twice\"}", "duplicate-member"),
        ];
        return forms.Select(f => HostileBody.Single(
            $"form {f.Form}", f.Form.Replace("{0}", Event().ToJsonString(), StringComparison.Ordinal), f.Code));
    }

    private IEnumerable<HostileBody> Batches() =>
    [
        HostileBody.Batch("of none", []),
        HostileBody.Batch("of one", [Good()]),
        HostileBody.Batch(
            "of what is no event", [Bad("null"), Good(), Bad("1"), Bad("\"x\""), Bad("[]"), Bad("[[{}]]"), Good()]),
        HostileBody.Batch("below its most", Many(Limits.BatchEvents - 1)),
        HostileBody.Batch("at its most", Many(Limits.BatchEvents)),
        HostileBody.BatchOfNone("above its most", $"[{string.Join(',', Enumerable.Range(0, Limits.BatchEvents + 1).Select(_ => Event().ToJsonString()))}]", "batch-too-large"),
        HostileBody.BatchOfNone("cut off", $"[{Event().ToJsonString()},", "invalid-json"),
        HostileBody.BatchOfNone("two", $"[{Event().ToJsonString()}][{Event().ToJsonString()}]", "invalid-json"),
        HostileBody.BatchOfNone("with a comma too many", $"[{Event().ToJsonString()},]", "invalid-json"),
    ];

    private IEnumerable<HostileBody> Sizes()
    {
        foreach (var over in (int[])[-1, 0, 1])
        {
            yield return HostileBody.Single(
                $"event {over:+0;-0;0}", Event().ToJsonString().PadRight(Limits.EventBytes + over),
                over > 0 ? "event-too-large" : null);
            var body = HostileBody.Batch($"body {over:+0;-0;0}", Many(3));
            byte[] padded = [.. body.Bytes, .. Enumerable.Repeat((byte)' ', Limits.RequestBytes + over - body.Bytes.Length)];
            yield return body with { Bytes = padded, Items = over > 0 ? [new(padded, "request-too-large")] : body.Items };
        }
    }

    private IEnumerable<HostileBody> Versions() =>
        from v in ((string Version, string? Code)[])[("1.0", null), ("0.3", Unsupported), ("2.0", Unsupported), ("1.0 ", Unsupported), ("1", Unsupported)]
        select HostileBody.Single($"version {v.Version}", Event().With("specversion", v.Version), v.Code);

    private const string Unsupported = "specversion-unsupported", Invalid = "attribute-invalid";

    /// <summary>Names of extensions, and values of them.</summary>
    private IEnumerable<HostileBody> Names() =>
    [
        .. from n in ((int Length, string? Code)[])[(1, null), (20, null), (21, null), (64, null), (65, Invalid)]
           select HostileBody.Single($"name of {n.Length}", Event().With(new string('x', n.Length), "v"), n.Code),
        .. from name in (string[])["", "Extension", "my.extension", "my-extension", "my_extension", "my extension", "größe", "x\0", "ID"]
           select HostileBody.Single(
               $"name {name}", Event().With(name, "v"), name.Contains('\0') ? "nul-character" : Invalid),
        .. from v in ((JsonNode? Value, string? Code)[])[(true, null), (-7, null), (null, null), (2147483648, Invalid), (1.5, Invalid), ("", Invalid), ("\u0001", Invalid), (new JsonArray(), Invalid), (new JsonObject(), Invalid)]
           select HostileBody.Single($"value {v.Value?.ToJsonString()}", Event().With("extension", v.Value), v.Code),
    ];

    /// <summary>Ids, sources and subjects.</summary>
    private IEnumerable<HostileBody> Texts() =>
    [
        .. from text in (string[])["é", "e\u0301", "\u202Etfel-ot-thgir", "😀", "'; drop table usage_event; --", "%_\\", "$.a ? (@ > 1)", "*DEFAULT*", "=1+1", "@SUM(A1)", "%2541", "a\"b", " a "]
           select HostileBody.Single($"id {text}", Event().With("id", $"{text}{run}"), null),
        HostileBody.Single("id of spaces", Event().With("id", new string(' ', run[0])), null),
        HostileBody.Single("id of one character", Event().With("id", run[..1]), null),
        HostileBody.Single("id of 255 characters", Event().With("id", run.PadRight(255, 'b')), null),
        HostileBody.Single(
            "id of the most bytes", Event().With("id", run.PadRight(Limits.NameBytes - 2, 'a') + 'é'), null),
        HostileBody.Single(
            "id of one byte more", Event().With("id", run.PadRight(Limits.NameBytes - 1, 'a') + 'é'), Invalid),
        HostileBody.Single("id of 40 kB", Event().With("id", run.PadRight(40_000, 'a')), "string-too-long"),
        HostileBody.Single("id of 100 kB", Event().With("id", run.PadRight(100_000, 'a')), "event-too-large"),
        .. from text in (string[])["", "a\n", "\u0001", "a\u0085"]
           from attribute in (string[])["id", "source", "type"]
           select HostileBody.Single(
               $"{attribute} {text.Length}", Event().With(attribute, text).With("n", number), Invalid),
        HostileBody.Single("id with NUL", Event().With("id", "a\0"), "nul-character"),
        HostileBody.Single("id of a number", Event().With("id", 7), Invalid),
        HostileBody.Single("source of spaces", Event().With("source", "  "), "source-not-allowed"),
        HostileBody.Single(
            "source of another", Event().With("source", EngagementSystem.Source + "\u0301"), "source-not-allowed"),
        HostileBody.Single("subject of nobody", Event().With("subject", $"crm/{run}-nobody"), "unknown-subject"),
        HostileBody.Single("account of nobody", Event().With("subject", $"account/{Guid.CreateVersion7(TimeProvider.System.GetUtcNow())}"), "unknown-subject"),
        HostileBody.Single("account of no id", Event().With("subject", $"account/{Guid.Empty}"), "subject-malformed"),
        HostileBody.Single("subject without a system", Event().With("subject", run), "subject-malformed"),
    ];

    /// <summary>Data in other media types and in Base64.</summary>
    private IEnumerable<HostileBody> Payloads() =>
    [
        .. from t in ((string MediaType, string? Code)[])[("application/problem+json", null), ("Text/JSON; charset=utf-8", null), ("application/xml", NotJson), ("text/xml", NotJson), ("application/octet-stream", NotJson), ("", Invalid)]
           select HostileBody.Single($"media type {t.MediaType}", Event().With("datacontenttype", t.MediaType), t.Code),
        HostileBody.Single(
            "XML as text", Event().With("datacontenttype", "application/xml").With("data", "<a/>"), "data-not-object"),
        .. from d in ((byte[] Data, string? Code)[])[("{\"minutes\":5}"u8.ToArray(), null), ([0, 0, 0], NotJson), ([], NotJson), ("<a/>"u8.ToArray(), NotJson), ("[]"u8.ToArray(), "data-not-object"), ("{} {}"u8.ToArray(), NotJson), ([.. "{\"x\":\""u8, 0xFF, .. "\"}"u8], "invalid-utf8")]
           select HostileBody.Single(
               $"Base64 of {Encoding.Latin1.GetString(d.Data)}", Encoded(Convert.ToBase64String(d.Data)), d.Code),
        .. from text in (string[])["###", "e30", "e3=0", "e30=e30=", "e3-_"]
           select HostileBody.Single($"Base64 {text}", Encoded(text), Invalid),
        HostileBody.Single("Base64 in two lines", Encoded("eyJ4\nIjoxfQ=="), null),
        HostileBody.Single("Base64 and plain", Event().With("data_base64", "e30="), Invalid),
        HostileBody.Single("Base64 of another type", Encoded(7), Invalid),
    ];

    private const string NotJson = "data-not-json";

    /// <summary>Every kind of time, and both ends of the window in which one is believed.</summary>
    private IEnumerable<HostileBody> Times(DateTimeOffset now)
    {
        var year = now.Year - 1;
        var leap = Enumerable.Range(year - 8, 9).Last(DateTime.IsLeapYear);
        (string Time, string? Code, string? OccurredAt)[] times =
        [
            ($"{year}-03-02T10:00:00Z", null, $"{year}-03-02 10:00:00"),
            ($"{year}-03-02t10:00:00.1234567z", null, $"{year}-03-02 10:00:00.123456"),
            ($"{year}-03-02T10:00:00+14:01", null, $"{year}-03-01 19:59:00"),
            ($"{year}-03-02T10:00:00-00:00", null, $"{year}-03-02 10:00:00"),
            ($"{year}-06-30T23:59:60Z", null, $"{year}-06-30 23:59:59.999999"),
            ($"{leap}-02-29T00:00:00Z", now.AddYears(-Limits.PastYears).Year < leap ? null : "time-too-old", $"{leap}-02-29 00:00:00"),
            ($"{leap + 1}-02-29T00:00:00Z", TimeInvalid, null), ($"{year}-02-30T10:00:00Z", TimeInvalid, null),
            ($"{year}-03-02T24:00:00Z", TimeInvalid, null), ($"{year}-03-02T10:00:00", TimeInvalid, null),
            ("10000-01-01T00:00:00Z", TimeInvalid, null), ("0001-01-01T00:00:00Z", TimeInvalid, null), (
                "1969-12-31T23:59:59Z", TimeInvalid, null),
            ("lunchtime", TimeInvalid, null), ("", Invalid, null),
            ("1970-01-01T00:00:00Z", "time-too-old", null), ("9999-12-31T23:59:59.9999999Z", "time-in-future", null),
            (At(now.AddHours(Limits.FutureHours).AddMinutes(-5)), null, null), (
                At(now.AddHours(Limits.FutureHours).AddMinutes(5)), "time-in-future", null),
            (At(now.AddYears(-Limits.PastYears).AddMinutes(5)), null, null), (
                At(now.AddYears(-Limits.PastYears).AddMinutes(-5)), "time-too-old", null),
        ];
        return times.Select(
            t => HostileBody.Single($"time {t.Time}", Event().With("time", t.Time), t.Code, t.OccurredAt));
    }

    private const string TimeInvalid = "time-invalid";

    private static string At(DateTimeOffset time) =>
        time.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private JsonObject Event() => Sample.Event($"{run}-{++number}", Subject);

    private HostileItem Good() => HostileItem.Of(Event(), null);

    private static HostileItem Bad(string json) => new(Encoding.UTF8.GetBytes(json), "not-an-object");

    private HostileItem[] Many(int count) => [.. Enumerable.Range(0, count).Select(_ => Good())];

    private JsonObject Encoded(JsonNode data)
    {
        var e = Event().With("data_base64", data);
        e.Remove("data");
        return e;
    }
}
