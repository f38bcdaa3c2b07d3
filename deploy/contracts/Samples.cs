using System.Text.Json.Nodes;

namespace CsPlatform.ContractFiles;

/// <summary>
/// The samples of the types in one folder: <c>{name}.json</c>, and <c>{name}.2.json</c> and so on with members that
/// were added since. Together they show every member of the type as it is today.
/// </summary>
/// <param name="root">The clone.</param>
/// <param name="folder">Where they lie in it.</param>
/// <param name="types">By the name on the wire, or in the store.</param>
/// <param name="text">How they are written and read.</param>
internal sealed class Samples(string root, string folder, IReadOnlyDictionary<string, Type> types, JsonText text)
{
    public IReadOnlyDictionary<string, Type> Types { get; } = types;

    /// <summary>The committed samples of a name, by their files.</summary>
    public IReadOnlyDictionary<string, string> Of(string name) => Files()
        .Where(file => NameOf(file) == name)
        .ToDictionary(file => file, file => File.ReadAllText(Path.Combine(root, folder, file)));

    /// <summary>Files whose type is gone: it was sent or stored once, so it must still be read.</summary>
    public IEnumerable<string> OfNoType() => Files().Where(file => !Types.ContainsKey(NameOf(file)));

    /// <summary>A sample for each type that has none, or has members that none of its samples shows.</summary>
    public IEnumerable<Change> New()
    {
        foreach (var (name, type) in Types.OrderBy(t => t.Key, StringComparer.Ordinal))
        {
            var samples = Of(name);
            var shown = samples.Values.SelectMany(json => Members(JsonNode.Parse(json))).ToHashSet();
            var made = text.Write(SampleValue.Of(type));
            if (samples.Count == 0 || !shown.IsSupersetOf(Members(JsonNode.Parse(made))))
                yield return new(
                    $"{folder}/{name}{(samples.Count == 0 ? "" : $".{samples.Count + 1}")}.json",
                    JsonText.ForPeople(made));
        }
    }

    /// <summary>
    /// Null when a sample is read, and written again with the same members and values. Members that were added since
    /// may stand beside them, with nothing in them.
    /// </summary>
    public string? Difference(string name, string sample)
    {
        var written = JsonNode.Parse(text.Write(text.Read(sample, Types[name])));
        var lost = Lost(JsonNode.Parse(sample), written, "$").FirstOrDefault();
        return lost is null ? null : $"{name}: {lost}";
    }

    private static IEnumerable<string> Lost(JsonNode? stored, JsonNode? written, string at) => (stored, written) switch
    {
        (JsonObject before, JsonObject after) => before
            .SelectMany(m => after.ContainsKey(m.Key) || m.Value is null
                ? Lost(m.Value, after[m.Key], $"{at}.{m.Key}")
                : [$"{at}.{m.Key} is not read"])
            .Concat(after.Where(m => !before.ContainsKey(m.Key) && !IsNothing(m.Value))
                .Select(m => $"{at}.{m.Key} comes from nowhere: {m.Value!.ToJsonString()}")),
        (JsonArray before, JsonArray after) when before.Count == after.Count =>
            before.Zip(after).SelectMany((pair, i) => Lost(pair.First, pair.Second, $"{at}[{i}]")),
        _ when JsonNode.DeepEquals(stored, written) => [],
        _ => [$"{at} was {stored?.ToJsonString() ?? "null"} and is written as {written?.ToJsonString() ?? "null"}"],
    };

    private static bool IsNothing(JsonNode? node) =>
        node is null or JsonArray { Count: 0 } or JsonObject { Count: 0 } || node.ToJsonString() is "false" or "0";

    private static IEnumerable<string> Members(JsonNode? node) => node switch
    {
        JsonObject o => o.SelectMany(m => Members(m.Value).Select(inner => $"{m.Key}.{inner}").Prepend(m.Key)),
        JsonArray a => a.SelectMany(Members).Select(inner => $"[].{inner}"),
        _ => [],
    };

    private string[] Files() => Directory.Exists(Path.Combine(root, folder))
        ? [.. Directory.GetFiles(Path.Combine(root, folder), "*.json").Select(f => Path.GetFileName(f)!)
            .Order(StringComparer.Ordinal)]
        : [];

    /// <summary><c>csm_assigned.v1.2.json</c> is of <c>csm_assigned.v1</c>.</summary>
    private static string NameOf(string file)
    {
        var parts = file.Split('.')[..^1];
        return string.Join('.', int.TryParse(parts[^1], out _) ? parts[..^1] : parts);
    }
}
