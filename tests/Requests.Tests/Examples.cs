using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace CsPlatform.Requests.Tests;

/// <summary>A valid request of each operation, from which the generated ones differ in one place.</summary>
internal sealed class Examples(Guid accountId)
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    /// <summary>
    /// Ids of what is there, by the operation that is to find it, else by the second part of its path.
    /// </summary>
    public IReadOnlyDictionary<string, string> Ids { get; init; } = new Dictionary<string, string>();

    /// <summary>The model that came with the product, as a body of its next publication.</summary>
    public JsonObject Model { get; init; } = [];

    /// <summary>The value of a parameter in an operation's path, or of a required one in its query.</summary>
    public string Parameter(Operation operation, string name) => name switch
    {
        "id" when Ids.GetValueOrDefault(
            operation.Id, Ids.GetValueOrDefault(operation.Path.Split('/')[2], "")) is { Length: > 0 } id => id,
        "version" => "1",
        "measure" => "breadth",
        "name" => "AccountRow",
        _ => throw new ArgumentException($"{operation} needs an example of {name}."),
    };

    /// <summary>
    /// What the operation needs in headers beside its media type: an event in binary mode has its attributes there.
    /// </summary>
    public IReadOnlyDictionary<string, string> Headers(Operation operation, Guid id) => IsBinary(operation)
        ? Body(operation.Id, id).Where(m => m.Key is not ("data" or "datacontenttype")).ToDictionary(
            m => $"ce-{m.Key}", m => (string)m.Value!)
        : new Dictionary<string, string>();

    /// <summary>The body in the operation's media type; null without one, and where it is no JSON.</summary>
    public JsonNode? Json(Operation operation, Guid id) => operation.MediaType switch
    {
        null or "text/csv" => null,
        "application/cloudevents-batch+json" => new JsonArray(Body(operation.Id, id)),
        _ when IsBinary(operation) => Body(operation.Id, id)["data"]!.DeepClone(),
        _ when operation.Id == "Retell" => Retelling(operation.Service),
        _ => Known(operation.Id, id) ?? operation.Body!.Example(name => Text(name, id)),
    };

    /// <summary>The same as bytes, of whatever media type.</summary>
    public byte[]? Bytes(Operation operation, Guid id) => operation.MediaType == "text/csv"
        ? Encoding.UTF8.GetBytes($"name,employees,tier,key:crm\nImported,12,vip,{id}\n")
        : Json(operation, id) is { } json ? Encoding.UTF8.GetBytes(json.ToJsonString()) : null;

    /// <summary>A new body each time, with an id of its own where the body may choose one.</summary>
    public JsonObject Body(string operationId, Guid id) =>
        Known(operationId, id) ?? throw new ArgumentException($"{operationId} needs an example of its body.");

    /// <summary>Each service has something to say again to another.</summary>
    public static JsonObject Retelling(string service)
    {
        var (queue, type) = service switch
        {
            "accounts" => ("health", "AccountRegistered"),
            "engagement" => ("accounts", "FirstUseSeen"),
            "health" => ("accounts", "HealthBandChanged"),
            "feedback" => ("accounts", "SurveyAnswered"),
            _ => ("accounts", "ContractSigned"),
        };
        return new() { ["queue"] = queue, ["types"] = new JsonArray(type), ["fromSequence"] = 1 };
    }

    /// <summary>
    /// Where the members of a body depend on each other; null where a body made from the schema will do.
    /// </summary>
    private JsonObject? Known(string operationId, Guid id) => operationId switch
    {
        "RegisterAccount" => new(
        [
            new("details", new JsonObject([.. Details("Generated")])),
            new("accountId", id),
            new("externalKeys", new JsonArray(new JsonObject { ["system"] = "crm", ["key"] = $"{id}" })),
        ]),
        "CorrectDetails" => new([.. Details("Corrected")]),
        "LinkExternalKey" => new() { ["system"] = "desk", ["key"] = $"{accountId}" },
        "TakeAnswer" => new()
        {
            ["accountId"] = accountId,
            ["contactId"] = "contact-1",
            ["metric"] = "csat",
            ["score"] = 4,
            ["answerId"] = id,
            ["scale"] = new JsonObject { ["min"] = 1, ["max"] = 5, ["higherIsBetter"] = true, ["steps"] = 5 },
            ["anchors"] = new JsonObject { ["lowest"] = "bad", ["highest"] = "good" },
            ["comment"] = "fine",
            ["answeredAt"] = Time(hours: -1),
        },
        "SignContract" => new()
        {
            ["accountId"] = accountId,
            ["startsOn"] = Day(-30),
            ["endsOn"] = Day(334),
            ["seats"] = 10,
            ["recurringAmount"] = new JsonObject { ["amount"] = "1200.00", ["currency"] = "EUR" },
            ["billingPeriod"] = "yearly",
            ["contractId"] = id,
            ["products"] = new JsonArray("core", "more"),
            ["noticePeriodDays"] = 30,
            ["autoRenews"] = true,
        },
        "SnoozeAlert" => new() { ["until"] = Time(hours: 24), ["reason"] = "later" },
        "PublishModel" => Model.DeepClone().AsObject(),
        "PublishEvents" => new()
        {
            ["specversion"] = "1.0",
            ["id"] = $"{id}",
            ["source"] = "app",
            ["type"] = "com.example.used",
            ["subject"] = $"crm/{accountId}",
            ["time"] = Time(hours: -1),
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
        _ => null,
    };

    /// <summary>
    /// The value of a text in a body that is made: ids that exist or are new, and times that lie ahead.
    /// </summary>
    private string? Text(string name, Guid id) => name switch
    {
        "accountId" => $"{accountId}",
        "until" or "dueAt" => Time(hours: 24),
        _ when name.EndsWith("At", StringComparison.Ordinal) => Time(hours: -1),
        _ when name.EndsWith("On", StringComparison.Ordinal) => Day(7),
        "csmId" => "csm-1",
        _ when name.EndsWith("Id", StringComparison.Ordinal) => $"{id}",
        _ => null,
    };

    /// <summary>
    /// A contract whose renewal opens with the next sweep, and which no other of the examples carries on.
    /// </summary>
    public JsonObject EndingContract(Guid id)
    {
        var body = Body("SignContract", id);
        (body["startsOn"], body["endsOn"]) = (Day(-320), Day(45));
        return body;
    }

    /// <summary>A model as it is read, as a body of its next publication.</summary>
    public static JsonObject ModelBody(JsonObject read)
    {
        var body = new JsonObject { ["reason"] = "generated" };
        foreach (var (name, value) in read.Where(m => m.Key is not ("modelId" or "version" or "lookBackDays")))
            body[name] = value?.DeepClone();
        body["alerts"]!["severity"]!["raisedFromAnnualAmount"] = new JsonArray(
            new JsonObject { ["amount"] = 50_000, ["currency"] = "EUR" });
        return body;
    }

    /// <summary>
    /// The same with breadth of use alone: an account that used one feature has a score of nought by it.
    /// </summary>
    public JsonObject AlarmingModel()
    {
        var body = Body("PublishModel", Guid.Empty);
        var breadth = body["measures"]!.AsArray().Single(m => (string?)m!["id"] == "breadth")!.DeepClone();
        breadth["curve"] = new JsonArray(
            new JsonObject { ["value"] = 1, ["points"] = 0 }, new JsonObject { ["value"] = 8, ["points"] = 100 });
        body["measures"] = new JsonArray(breadth);
        body["coverageFloor"] = 1; // without use nothing is known, and nothing is raised
        return body;
    }

    private static bool IsBinary(Operation operation) =>
        operation is { Id: "PublishEvents", MediaType: "application/json" };

    private static string Time(int hours) =>
        Now.AddHours(hours).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Day(int days) => Now.AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

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
