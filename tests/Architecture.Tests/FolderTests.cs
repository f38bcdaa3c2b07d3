using ArchUnitNET.Domain;
using ArchUnitNET.Domain.Extensions;
using CsPlatform.Architecture.Tests.SampleLeft;
using CsPlatform.Architecture.Tests.SampleRight;

namespace CsPlatform.Architecture.Tests;

/// <summary>
/// The folders of a service are its features, and build on each other in one direction: whoever reads or changes one
/// need not know those above it. What stands in the service's root puts them together.
/// </summary>
public sealed class FolderTests
{
    public static TheoryData<string> Services => [.. Topology.Services.Select(x => x.Name)];

    [Theory, MemberData(nameof(Services))]
    public void Folders_of_a_service_form_no_circle(string service)
    {
        var uses = Uses(ServiceTypes.AssemblyOf(service));

        Assert.NotEmpty(uses);
        Faults.AreNone(InCircles(uses).Select(x => $"{x.From} uses {x.To} ({x.By}), and is used by it in the end"));
    }

    [Fact]
    public void Circle_would_be_seen()
    {
        Assert.IsType<Left>(new Right(new Left()).Back);

        Assert.Equal(
            [("SampleLeft", "SampleRight"), ("SampleRight", "SampleLeft")],
            InCircles(Uses("CsPlatform.Architecture.Tests")).Select(x => (x.From, x.To)).Order());
    }

    [Fact]
    public void Circle_over_several_folders_would_be_seen() => Assert.Equal(
        ["A", "B", "C"],
        InCircles([new("A", "B", ""), new("B", "C", ""), new("C", "A", ""), new("C", "D", ""), new("E", "A", "")])
            .Select(x => x.From));

    /// <param name="From">A folder.</param>
    /// <param name="To">Another one, on which it builds.</param>
    /// <param name="By">A type that does.</param>
    private sealed record Use(string From, string To, string By);

    private static List<Use> Uses(string assembly) =>
    [
        .. from type in ServiceTypes.Of(assembly)
           from used in type.GetTypeDependencies()
           let upper = FolderOf(type, assembly)
           let lower = FolderOf(used, assembly)
           where upper.Length > 0 && lower.Length > 0 && upper != lower
           group type by (upper, lower) into uses
           select new Use(uses.Key.upper, uses.Key.lower, uses.First().Name),
    ];

    private static string FolderOf(IType type, string assembly) =>
        type.FullName.StartsWith(assembly + ".", StringComparison.Ordinal)
            ? type.FullName[(assembly.Length + 1)..].Split('.') is [var folder, _, ..] ? folder : ""
            : "";

    /// <summary>Those whose folder is reached from the folder that they use.</summary>
    private static IEnumerable<Use> InCircles(IReadOnlyCollection<Use> uses)
    {
        var below = uses.ToLookup(x => x.From, x => x.To);
        return uses.Where(x => Reached(x.To, below).Contains(x.From));
    }

    private static HashSet<string> Reached(string folder, ILookup<string, string> below)
    {
        HashSet<string> reached = [];
        var open = new Stack<string>([folder]);
        while (open.TryPop(out var next))
            foreach (var inner in below[next].Where(reached.Add))
                open.Push(inner);
        return reached;
    }
}
