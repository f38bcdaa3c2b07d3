using System.Text;
using System.Text.Json.Nodes;

namespace CsPlatform.Requests.Tests;

/// <summary>One request that differs from a valid one in one place.</summary>
/// <param name="What">Where and how, for the one who reads a failure.</param>
/// <param name="Address">Path and query.</param>
/// <param name="Headers">Beside those of the body.</param>
/// <param name="Body">As bytes; null without.</param>
internal sealed record GeneratedRequest(
    string What, string Address, IReadOnlyDictionary<string, string> Headers, byte[]? Body, string? MediaType, string? Encoding = null)
{
    /// <summary>
    /// Whether it cannot be understood by anybody, so that it must be refused: its body is packed, or in a media type
    /// that the operation does not have, or no JSON, or has text that cannot be stored or a member twice. A CSV may
    /// come without a type, and an event in binary mode without data.
    /// </summary>
    public bool IsUnreadable(Operation operation) => Body is not null && (Encoding is not null
        || (operation.MediaType == "text/csv"
            ? MediaType is not (null or "text/csv")
            // An event in binary mode may leave out its type, which then is JSON, and its data.
            : MediaType != operation.MediaType && !(MediaType is null && Headers.ContainsKey("ce-id"))
                || !(Body.Length == 0 && Headers.ContainsKey("ce-id")) && HostileValues.IsUnreadable(Body)));

    public HttpRequestMessage Message(string method)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), Address);
        foreach (var (name, value) in Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        if (Body is null)
            return request;
        request.Headers.ExpectContinue = Body.Length > 1 << 20; // else the answer may be lost when the server hangs up
        request.Content = new ByteArrayContent(Body);
        if (MediaType is not null)
            request.Content.Headers.TryAddWithoutValidation("Content-Type", MediaType);
        if (Encoding is not null)
            request.Content.Headers.TryAddWithoutValidation("Content-Encoding", Encoding);
        return request;
    }
}

/// <summary>Makes the requests of an operation.</summary>
internal static class GeneratedRequests
{
    private const string Hole = "a place for something else";
    private const int OneModelOf = 23;

    private static readonly string[] Csv =
    [
        "", "\uFEFFname\nA\n", "name", "name,name\nA,B\n", "name;key:crm\n", "name\n\"unclosed\n", "name\n=1+1\n", "name\n@x\nB\n",
        "name\na\0b\n", "name,employees\nA,99999999999\n", "name,key:crm\nA,\n", "name,key:\nA,1\n", "colour\nred\n", "\0\0\0", "name\n\u202e\n",
        "name,tier\nA,nobody\n", $"name\n{new string('a', 40_000)}\n", $"{new string(',', 10_000)}\n", "name\n'; drop table x; --\n",
    ];

    /// <summary>The valid request.</summary>
    public static GeneratedRequest Valid(Operation operation, Examples examples)
    {
        var id = RequestsSystem.NewId();
        return new(
            "as it should be", Address(operation, examples), examples.Headers(operation, id), examples.Bytes(
                operation, id), operation.MediaType);
    }

    public static IEnumerable<GeneratedRequest> Of(Operation operation, Examples examples)
    {
        var requests = Parameters(operation, examples).Concat(LeftOut(operation, examples));
        if (operation.MediaType is null)
            return requests;
        requests = requests.Concat(Headers(operation, examples)).Concat(Bodies(operation, examples));
        return operation switch
        {
            { MediaType: "text/csv" } =>
                requests.Concat(Csv.Select(csv => Valid(operation, examples) with { What = $"csv {csv}", Body = Encoding.UTF8.GetBytes(csv) })),
            { Id: "PublishModel" } => requests.Concat(MostlyWithoutReason(Fields(operation, examples))),
            _ => requests.Concat(Fields(operation, examples)),
        };
    }

    /// <summary>The members of the body that are varied, as <see cref="Operation.Members"/> names them.</summary>
    public static IReadOnlySet<string> Members(Operation operation, Examples examples) =>
        examples.Json(operation, RequestsSystem.NewId()) is { } body
            ? Places(body, []).Select(p => string.Join('.', p.Select(step => step is int ? "[]" : step))).ToHashSet()
            : new HashSet<string>();

    private static IEnumerable<GeneratedRequest> Parameters(Operation operation, Examples examples) =>
        from parameter in operation.Parameters
        from value in HostileValues.Text(naughtyStrings: 5).Append("")
        where parameter.In != "path" || value.Trim() is not ("" or "." or "..") && !value.Contains(
            '\0') && !value.Contains('/')
        where parameter.In != "header" || value.All(c => c is >= ' ' and <= '~')
        let request = Valid(operation, examples) with { What = $"{parameter.In} {parameter.Name} = {Shown(value)}" }
        select parameter.In == "header"
            ? request with { Headers = new Dictionary<string, string>(request.Headers) { [parameter.Name] = value } }
            : request with { Address = Address(operation, examples, parameter, value) };

    private static IEnumerable<GeneratedRequest> LeftOut(Operation operation, Examples examples) =>
        from parameter in operation.Parameters
        where parameter is { In: "query", Required: true }
        select Valid(operation, examples) with
        {
            What = $"query {parameter.Name} left out",
            Address = Address(operation with { Parameters = [.. operation.Parameters.Except([parameter])] }, examples),
        };

    /// <summary>
    /// Each header of the example: left out, and everything else in its place, percent-encoded as CloudEvents want it.
    /// </summary>
    private static IEnumerable<GeneratedRequest> Headers(Operation operation, Examples examples) =>
        from name in examples.Headers(operation, Guid.Empty).Keys
        from value in HostileValues.Text(naughtyStrings: 4).Append("").Append(null)
        let request = Valid(operation, examples)
        let others = request.Headers.Where(h => h.Key != name)
        select request with
        {
            What = value is null ? $"{name} left out" : $"{name} = {Shown(value)}",
            Headers = (value is null ? others : others.Append(new(name, Uri.EscapeDataString(value)))).ToDictionary(),
        };

    /// <summary>The body as a whole.</summary>
    private static IEnumerable<GeneratedRequest> Bodies(Operation operation, Examples examples)
    {
        var valid = Valid(operation, examples);
        var text = Encoding.UTF8.GetString(valid.Body!);
        foreach (var json in HostileValues.Json(naughtyStrings: 0).Append("").Append("{").Append(text + text).Append(text + "\0").Append("\uFEFF" + text))
            yield return valid with { What = $"body {Shown(json)}", Body = Encoding.UTF8.GetBytes(json) };
        foreach (var mediaType in (string?[])["text/plain", "application/xml", "multipart/form-data; boundary=x", "nonsense", $"{operation.MediaType}; charset=utf-16", null])
            yield return valid with { What = $"Content-Type {mediaType}", MediaType = mediaType };
        foreach (var encoding in (string[])["gzip", "br", "identity, gzip", "nonsense"])
            yield return valid with { What = $"Content-Encoding {encoding}", Encoding = encoding };
        yield return valid with { What = "no body", Body = null };
        yield return valid with { What = "two megabytes", Body = Encoding.UTF8.GetBytes(text.PadRight(2 << 20)) };
        yield return valid with { What = "UTF-16", Body = Encoding.Unicode.GetBytes(text) };
        yield return valid with { What = "bytes", Body = [0xFF, 0xFE, 0x00] };
        yield return valid with { What = "an unknown member", Body = Encoding.UTF8.GetBytes(text.Insert(1, "\"unknownMember\":1,")) };
    }

    /// <summary>
    /// Each member at any depth, and each element: left out, twice, and everything else in its place.
    /// </summary>
    private static IEnumerable<GeneratedRequest> Fields(Operation operation, Examples examples)
    {
        foreach (var place in Places(examples.Json(operation, RequestsSystem.NewId())!, []))
        {
            var name = string.Join('.', place);
            yield return With(operation, examples, $"{name} left out", place, _ => null);
            yield return With(operation, examples, $"{name} twice", place,
                value => place[^1] is int ? $"{value},{value}" : $"{value},\"{place[^1]}\":{value}");
            foreach (var json in HostileValues.Json(naughtyStrings: 4))
                yield return With(operation, examples, $"{name} = {Shown(json)}", place, _ => json);
        }
    }

    /// <summary>
    /// A model that is accepted is a version for ever: so few may be. The others lack their reason, which is judged
    /// together with all that a model must keep to.
    /// </summary>
    private static IEnumerable<GeneratedRequest> MostlyWithoutReason(IEnumerable<GeneratedRequest> requests) =>
        requests.Select(
        (request, number) => number % OneModelOf == 0
            ? request
            : request with
            {
                Body = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(request.Body!).Replace("\"reason\":\"generated\"", "\"reason\":\"\"", StringComparison.Ordinal)),
            });

    private static GeneratedRequest With(
        Operation operation, Examples examples, string what, object[] place, Func<string, string?> replace)
    {
        var body = examples.Json(operation, RequestsSystem.NewId())!;
        var parent = body;
        foreach (var step in place[..^1])
            parent = step is int index ? parent[index]! : parent[(string)step]!;
        var value = (place[^1] is int i ? parent[i] : parent[(string)place[^1]])?.ToJsonString() ?? "null";
        var raw = replace(value);
        if (raw is null && parent is JsonObject o)
            o.Remove((string)place[^1]);
        else if (raw is null)
            parent.AsArray().RemoveAt((int)place[^1]);
        else if (place[^1] is int at)
            parent[at] = Hole;
        else
            parent[(string)place[^1]] = Hole;
        var json = body.ToJsonString().Replace($"\"{Hole}\"", raw, StringComparison.Ordinal);
        return Valid(operation, examples) with { What = what, Body = Encoding.UTF8.GetBytes(json) };
    }

    private static IEnumerable<object[]> Places(JsonNode node, object[] at)
    {
        IEnumerable<(object Step, JsonNode? Value)> inner = node switch
        {
            JsonObject o => o.Select(m => ((object)m.Key, m.Value)),
            // What holds for the first elements holds for the others.
            JsonArray a => a.Take(2).Select((v, i) => ((object)i, v)),
            _ => [],
        };
        foreach (var (step, value) in inner)
        {
            yield return [.. at, step];
            if (value is not null)
                foreach (var deeper in Places(value, [.. at, step]))
                    yield return deeper;
        }
    }

    private static string Address(
        Operation operation, Examples examples, Parameter? changed = null, string? value = null)
    {
        var path = operation.Path;
        var query = new List<string>();
        foreach (var parameter in operation.Parameters.Where(p => p.In != "header"))
        {
            var isChanged = parameter == changed;
            if (parameter.In == "path")
                path = path.Replace($"{{{parameter.Name}}}",
                    Uri.EscapeDataString(
                        isChanged ? value! : examples.Parameter(operation, parameter.Name)), StringComparison.Ordinal);
            else if (isChanged || parameter.Required)
                query.Add($"{parameter.Name}={Uri.EscapeDataString(isChanged ? value! : examples.Parameter(operation, parameter.Name))}");
        }

        return query.Count == 0 ? path : $"{path}?{string.Join('&', query)}";
    }

    private static string Shown(string value) => value.Length <= 60 ? value : $"{value[..60]}… ({value.Length})";
}
