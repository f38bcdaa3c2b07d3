using System.Text.Json.Nodes;
using CsPlatform.Engagement.Tests.Hostile;

namespace CsPlatform.Engagement.Tests.Intake;

/// <summary>What is set reaches the edge that it is meant for, on both transports.</summary>
[Collection(nameof(EngagementSystem))]
public sealed class SettingsTests(EngagementSystem system)
{
    private static readonly Dictionary<string, string> Narrow = new()
    {
        ["Limits__RequestBytes"] = "8192",
        ["Limits__BatchEvents"] = "3",
        ["Limits__EventBytes"] = "2048",
        ["Limits__Depth"] = "4",
        ["Limits__Keys"] = "20",
        ["Limits__StringBytes"] = "200",
        ["Limits__NumberDigits"] = "5",
        ["Limits__NameBytes"] = "64",
        ["Limits__FutureHours"] = "1",
        ["Limits__PastYears"] = "1",
        ["Limits__EventMinutes"] = "60",
    };

    [Fact]
    public async Task Every_limit_can_be_set()
    {
        await system.RegisterAsync("crm", "narrow");
        await system.WithSettingsAsync(Narrow, async () =>
        {
            await system.SendOverHttpAsync(Bodies("narrow-http"));
            await system.SendOverAmqpAsync(Bodies("narrow-amqp"));
        });

        await system.SendOverHttpAsync(
            [HostileBody.Single("wide", Event("narrow-after", "data", new JsonObject { ["minutes"] = 61 }), null)]);
    }

    private static IReadOnlyList<HostileBody> Bodies(string run)
    {
        var now = TimeProvider.System.GetUtcNow();
        var number = 0;
        return
        [
            Of("data", new JsonObject { ["minutes"] = 60 }, null),
            Of("data", new JsonObject { ["minutes"] = 61 }, "data-invalid"),
            Of("data", new JsonObject { ["x"] = new JsonArray(new JsonArray(1)) }, null),
            Of("data", new JsonObject { ["x"] = new JsonArray(new JsonArray(new JsonArray(1))) }, "too-deep"),
            Of("data", new JsonObject(Enumerable.Range(0, 14).Select(i => KeyValuePair.Create($"k{i}", (JsonNode?)i))), null),
            Of("data", new JsonObject(Enumerable.Range(0, 15).Select(i => KeyValuePair.Create($"k{i}", (JsonNode?)i))), "too-many-keys"),
            Of("extension", new string('x', 200), null),
            Of("extension", new string('x', 201), "string-too-long"),
            Of("data", new JsonObject { ["x"] = 1.2345m }, null),
            Of("data", new JsonObject { ["x"] = 1.23456m }, "number-out-of-range"),
            Of("type", new string('x', 64), null),
            Of("type", new string('x', 65), "attribute-invalid"),
            Of("time", $"{now.AddMinutes(50):yyyy-MM-ddTHH:mm:ssZ}", null),
            Of("time", $"{now.AddMinutes(70):yyyy-MM-ddTHH:mm:ssZ}", "time-in-future"),
            Of("time", $"{now.AddYears(-1).AddMinutes(10):yyyy-MM-ddTHH:mm:ssZ}", null),
            Of("time", $"{now.AddYears(-1).AddMinutes(-10):yyyy-MM-ddTHH:mm:ssZ}", "time-too-old"),
            HostileBody.Single("event", Event(Id()).ToJsonString().PadRight(2048), null),
            HostileBody.Single("event and more", Event(Id()).ToJsonString().PadRight(2049), "event-too-large"),
            HostileBody.Single("request and more", Event(Id()).ToJsonString().PadRight(8193), "request-too-large"),
            HostileBody.Batch("batch", [.. Enumerable.Range(0, 3).Select(_ => HostileItem.Of(Event(Id()), null))]),
            HostileBody.BatchOfNone("batch and more", $"[{string.Join(',', Enumerable.Range(0, 4).Select(_ => Event(Id()).ToJsonString()))}]", "batch-too-large"),
        ];

        string Id() => $"{run}-{++number}";
        HostileBody Of(string member, JsonNode value, string? code) => HostileBody.Single(
            $"{member} {number}", Event(Id(), member, value), code);
    }

    private static JsonObject Event(string id, string member = "data", JsonNode? value = null) =>
        Sample.Event(id, "crm/narrow", time: null).With(member, value);
}
