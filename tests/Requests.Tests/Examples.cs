using System.Text.Json.Nodes;

namespace CsPlatform.Requests.Tests;

/// <summary>A valid request of each operation, from which the generated ones differ in one place.</summary>
internal sealed class Examples(Guid accountId, Guid contractId, Guid answerId, JsonObject model)
{
    /// <summary>The value of a parameter in an operation's path, or of a required one in its query.</summary>
    public string Parameter(Operation operation, string name) => (operation.Path.Split('/')[2], name) switch
    {
        ("accounts", "id") => $"{accountId}",
        ("contracts", "id") => $"{contractId}",
        ("answers", "id") => $"{answerId}",
        ("models", "id") => "default",
        ("parked-events", "id") => "1",
        (_, "id") => "01890000-0000-7000-8000-000000000000",
        (_, "version") => "1",
        (_, "measure") => "frequency",
        (_, "reason") => "unknown-subject",
        _ => throw new ArgumentException($"{operation} needs an example of {name}."),
    };

    /// <summary>A new body each time, with an id of its own where the body may choose one.</summary>
    public JsonObject Body(string operationId, Guid id) => operationId switch
    {
        "RegisterAccount" => new(
        [
            .. Details("Generated"),
            new("accountId", id),
            new("externalKeys", new JsonArray(new JsonObject { ["system"] = "crm", ["key"] = $"{id}" })),
        ]),
        "CorrectDetails" => new([.. Details("Corrected")]),
        "LinkExternalKey" => new() { ["system"] = "desk", ["key"] = "one" },
        "AssignCsm" => new() { ["csmId"] = "csm-1" },
        "EnterStage" => new() { ["stage"] = "onboarding", ["reason"] = "generated" },
        "TakeAnswer" => new()
        {
            ["accountId"] = accountId,
            ["contactId"] = "contact-1",
            ["metric"] = "csat",
            ["score"] = 4,
            ["answerId"] = id,
            ["scale"] = new JsonObject { ["min"] = 1, ["max"] = 5, ["higherIsBetter"] = true },
            ["anchors"] = new JsonObject { ["lowest"] = "bad", ["highest"] = "good" },
            ["comment"] = "fine",
            ["answeredAt"] = "2026-03-01T10:00:00Z",
        },
        "SignContract" => new()
        {
            ["accountId"] = accountId,
            ["startsOn"] = "2026-01-01",
            ["endsOn"] = "2026-12-31",
            ["seats"] = 10,
            ["recurringAmount"] = new JsonObject { ["amount"] = "1200.00", ["currency"] = "EUR" },
            ["billingPeriod"] = "yearly",
            ["contractId"] = id,
            ["products"] = new JsonArray("core", "more"),
            ["noticePeriodDays"] = 30,
            ["autoRenews"] = true,
        },
        "SnoozeAlert" => new() { ["until"] = "2026-12-31T10:00:00Z", ["reason"] = "later" },
        "DismissAlert" => new() { ["reason"] = "known" },
        "PublishModel" => model.DeepClone().AsObject(),
        "PublishEvents" => new()
        {
            ["specversion"] = "1.0",
            ["id"] = $"{id}",
            ["source"] = "app",
            ["type"] = "com.example.used",
            ["subject"] = "crm/generated",
            ["time"] = "2026-03-01T10:00:00Z",
            ["datacontenttype"] = "application/json",
            ["dataschema"] = "urn:x",
            ["extension"] = "x",
            ["data"] = new JsonObject
            {
                ["user"] = "ann",
                ["userKind"] = "person",
                ["feature"] = "reports",
                ["features"] = new JsonArray("a", "b"),
                ["minutes"] = 5,
            },
        },
        _ => throw new ArgumentException($"{operationId} needs an example of its body."),
    };

    /// <summary>The model in force as a body of its next publication.</summary>
    public static JsonObject ModelBody(JsonObject current)
    {
        var body = new JsonObject { ["reason"] = "generated" };
        foreach (var (name, value) in current.Where(m => m.Key is not ("modelId" or "version")))
            body[name] = value?.DeepClone();
        return body;
    }

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Details(string name) =>
    [
        new("name", name),
        new("industry", "Trade"),
        new("employees", 12),
        new("country", "DE"),
        new("region", "Hesse"),
        new("city", "Fulda"),
        new("plan", "pro"),
        new("tier", "vip"),
    ];
}
