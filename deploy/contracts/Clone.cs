using System.Reflection;
using System.Text;
using CsPlatform.Backbone;
using CsPlatform.Contracts;

namespace CsPlatform.ContractFiles;

/// <summary>A file as it should stand.</summary>
internal sealed record Change(string Path, string Text);

/// <summary>The clone whose files are written. Paths are relative to it, with slashes.</summary>
internal sealed class Clone(string root)
{
    public const string StoredEvents = "tests/Architecture.Tests/StoredEvents", Goldens = "contracts/Golden";

    public static IReadOnlyList<string> Services { get; } =
        [.. Topology.Services.Select(s => $"{char.ToUpperInvariant(s.Name[0])}{s.Name[1..]}")];

    /// <summary>The clone in which this program was built.</summary>
    public static Clone OfThisProgram() => new(Local.Clone.Root);

    /// <summary>Samples of the messages between services: as the bus writes them.</summary>
    public Samples Messages { get; } = new(
        root, Goldens, Topology.Services.SelectMany(s => s.Publishes).ToDictionary(WireName), JsonText.OnTheBus);

    /// <summary>Samples of a service's stored events: as the event store writes them.</summary>
    public Samples Events(string service) => new(
        root, $"{StoredEvents}/{service}",
        Assembly.Load($"CsPlatform.{service}").GetTypes()
            .Select(type => (Type: type, Stored: type.GetCustomAttribute<StoredAttribute>()))
            .Where(e => e.Stored is not null)
            .ToDictionary(e => e.Stored!.Name, e => e.Type),
        JsonText.InTheStore);

    /// <summary>What differs from the code: nothing where all is committed.</summary>
    public IReadOnlyList<Change> Changes()
    {
        List<Change> changes = [.. Messages.New(), .. Services.SelectMany(s => Events(s).New())];
        var document = Read(AsyncApi.File);
        if (AsyncApi.Written(document) is var written && written != document)
            changes.Add(new(AsyncApi.File, written));
        var frozen = new Frozen(root);
        if (frozen.With(changes) is var list && list != frozen.Text)
            changes.Add(new(Frozen.File, list));
        return changes;
    }

    public string Read(string path) => File.ReadAllText(Path.Combine(root, path));

    public void Write(Change change)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(root, change.Path))!);
        File.WriteAllText(Path.Combine(root, change.Path), change.Text, new UTF8Encoding(false));
    }

    /// <summary>Service, kebab-cased type and version: <c>accounts.csm-assigned.v1</c>.</summary>
    public static string WireName(Type message)
    {
        var parts = message.Namespace!.Split('.');
        var kebab = string.Concat(message.Name.Select((c, i) => char.IsUpper(c) && i > 0 ? $"-{c}" : $"{c}"));
        return $"{parts[^2]}.{kebab}.{parts[^1]}".ToLowerInvariant();
    }
}
