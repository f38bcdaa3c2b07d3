using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using CsPlatform.Contracts;

namespace CsPlatform.ContractFiles;

/// <summary>
/// The parts of asyncapi.yaml about messages between services, from the topology, the records and their docstrings.
/// Each part stands between <c># written: {part}</c> and <c># end</c>; what stands around them is written by hand.
/// </summary>
internal static partial class AsyncApi
{
    public const string File = "contracts/asyncapi.yaml";

    private static readonly Docstrings Docs = new(typeof(Topology));
    private static readonly NullabilityInfoContext Nullability = new();

    private static IEnumerable<Type> Messages => Topology.Services.SelectMany(s => s.Publishes);

    /// <summary>The document with those parts as they should be.</summary>
    public static string Written(string document) => Part().Replace(document, part =>
        $"{part.Groups["begin"].Value}{Text(part.Groups["name"].Value)}{part.Groups["end"].Value}");

    private static string Text(string part) => part switch
    {
        "channel messages" =>
            Lines(Messages.Select(m => $"      {m.Name}: {{ $ref: '#/components/messages/{m.Name}' }}")),
        "operations" => Lines(Topology.Services.SelectMany(s => (IEnumerable<string>)
        [
            .. Operation($"{s.Name}Publishes", "send", s.Publishes),
            .. Operation($"{s.Name}Hears", "receive", s.Consumes),
        ])),
        "messages" => Lines(Messages.SelectMany(Message)),
        "schemas" => Lines(Records().SelectMany(Schema)),
        _ => throw new InvalidOperationException($"{File} has a part that nobody writes: {part}."),
    };

    private static IEnumerable<string> Operation(string name, string action, IReadOnlyList<Type> messages) =>
        messages.Count == 0 ? [] :
        [
            $"  {name}:",
            $"    action: {action}",
            "    channel: { $ref: '#/channels/betweenServices' }",
            "    messages:",
            .. messages.Select(m => $"      - $ref: '#/channels/betweenServices/messages/{m.Name}'"),
        ];

    private static IEnumerable<string> Message(Type message) =>
    [
        $"    {message.Name}:",
        $"      summary: {Quoted(Docs.Summary(message))}",
        "      traits: [{ $ref: '#/components/messageTraits/internal' }]",
        "      payload:",
        .. Object(message).Select(line => $"        {line}"),
        $"      examples: [{{ payload: {{ $ref: 'Golden/{Clone.WireName(message)}.json' }} }}]",
    ];

    private static IEnumerable<string> Schema(Type record) =>
    [
        $"    {record.Name}:",
        $"      description: {Quoted(Docs.Summary(record))}",
        .. Object(record).Select(line => $"      {line}"),
    ];

    private static IEnumerable<string> Object(Type record)
    {
        var members = record.GetProperties();
        return
        [
            "type: object",
            $"required: [{string.Join(", ", members.Where(m => !IsOptional(m)).Select(Name))}]",
            "properties:",
            .. members.Select(m => $"  {Name(m)}: {Of(m.PropertyType, IsOptional(m), Docs.Member(record, m.Name))}"),
        ];
    }

    /// <summary>The records that messages are made of, each once.</summary>
    private static List<Type> Records()
    {
        List<Type> found = [];
        var open = new Queue<Type>(Messages);
        while (open.TryDequeue(out var record))
            foreach (var inner in record.GetProperties().Select(p => Item(p.PropertyType) ?? p.PropertyType))
                if (inner.Assembly == typeof(Topology).Assembly && !found.Contains(inner))
                {
                    found.Add(inner);
                    open.Enqueue(inner);
                }
        return found;
    }

    private static string Of(Type type, bool optional, string description = "")
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.Assembly == typeof(Topology).Assembly)
        {
            var reference = $"{{ $ref: '#/components/schemas/{type.Name}' }}";
            return optional ? $"{{ oneOf: [{reference}, {{ type: 'null' }}] }}" : reference;
        }
        var (name, more) = type switch
        {
            _ when type == typeof(Guid) => ("string", ", format: uuid"),
            _ when type == typeof(DateTimeOffset) => ("string", ", format: date-time"),
            _ when type == typeof(DateOnly) => ("string", ", format: date"),
            _ when type == typeof(decimal) => ("string", ", pattern: '^-?[0-9]+([.][0-9]+)?$'"), // its scale is kept
            _ when type == typeof(bool) => ("boolean", ""),
            _ when type == typeof(int) || type == typeof(long) => ("integer", ""),
            _ when type == typeof(string) => ("string", ""),
            _ when Item(type) is { } item => ("array", $", items: {Of(item, optional: false)}"),
            _ => throw new NotSupportedException($"No schema can be made of {type}."),
        };
        var told = description.Length == 0 ? "" : $", description: {Quoted(description)}";
        return $"{{ type: {(optional ? $"[{name}, 'null']" : name)}{more}{told} }}";
    }

    private static Type? Item(Type type) =>
        type != typeof(string) && type.IsGenericType && type.IsAssignableTo(typeof(System.Collections.IEnumerable))
            ? type.GetGenericArguments()[0] : null;

    private static bool IsOptional(PropertyInfo member) =>
        Nullable.GetUnderlyingType(member.PropertyType) is not null
            || Nullability.Create(member).ReadState == NullabilityState.Nullable;

    private static string Name(PropertyInfo member) => char.ToLowerInvariant(member.Name[0]) + member.Name[1..];

    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private static string Lines(IEnumerable<string> lines) =>
        lines.Aggregate(new StringBuilder(), (text, line) => text.Append(line).Append('\n')).ToString();

    [GeneratedRegex(@"(?<begin>^ *# written: (?<name>[a-z ]+)\n)(?:.*\n)*?(?<end> *# end$)", RegexOptions.Multiline)]
    private static partial Regex Part();
}
