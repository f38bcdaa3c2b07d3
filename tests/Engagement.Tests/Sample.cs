using System.Text;
using System.Text.Json.Nodes;
using CsPlatform.Engagement.UsageEvents;

namespace CsPlatform.Engagement.Tests;

/// <summary>Named examples of usage events.</summary>
internal static class Sample
{
    public static JsonObject Event(
        string id = "1", string subject = "crm/0042", string? time = "2026-03-01T10:00:00Z", string? user = "ann",
        string? feature = "reports", decimal? minutes = 5, string source = "app", bool automation = false)
    {
        var data = new JsonObject();
        if (user is not null)
            data["user"] = user;
        if (feature is not null)
            data["feature"] = feature;
        if (minutes is not null)
            data["minutes"] = minutes;
        if (automation)
            data["userKind"] = "automation";
        var e = new JsonObject
        {
            ["specversion"] = "1.0",
            ["id"] = id,
            ["source"] = source,
            ["type"] = "com.example.used",
            ["subject"] = subject,
            ["data"] = data,
        };
        if (time is not null)
            e["time"] = time;
        return e;
    }

    public static JsonObject With(this JsonObject e, string member, JsonNode? value)
    {
        e[member] = value;
        return e;
    }

    public static UsageItem Parse(this JsonObject e) => Parse(e.ToJsonString());

    public static UsageItem Parse(string json) => Parse(Encoding.UTF8.GetBytes(json));

    public static UsageItem Parse(byte[] json) => new UsageEventParser(new UsageLimits()).Parse(json);

    public static string? Code(this UsageItem item) => item.Refusal?.Code;

    /// <summary>Data with one member of raw JSON.</summary>
    public static UsageItem ParseData(string rawData) => Parse(
        $$"""{"specversion":"1.0","id":"1","source":"app","type":"t","subject":"crm/1","data":{{rawData}}}""");
}
