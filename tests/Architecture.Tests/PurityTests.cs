using ArchUnitNET.Domain;
using ArchUnitNET.Domain.Dependencies;
using ArchUnitNET.Domain.Extensions;

namespace CsPlatform.Architecture.Tests;

/// <summary>
/// What decides is plain C#: it knows no database, no bus, no HTTP and no clock, so that given, when and then are all
/// it takes to test it. What touches the world says so by its name.
/// </summary>
public sealed class PurityTests
{
    private static readonly string[] World = ["Marten", "MassTransit", "Npgsql", "RabbitMQ", "Microsoft.AspNetCore", "Quartz"];

    /// <summary>Folders that only compute: what they know, they are given.</summary>
    private static readonly string[] PureFolders = ["CsPlatform.Health.Scoring", "CsPlatform.Engagement.UsageEvents"];

    public static TheoryData<string> Services => [.. Topology.Services.Select(x => x.Name)];

    [Theory, MemberData(nameof(Services))]
    public void Deciders_states_and_all_that_they_build_on_are_pure(string service)
    {
        var types = ServiceTypes.Of(ServiceTypes.AssemblyOf(service)).ToHashSet();
        var pure = Reached(types.Where(x => Decides(x) || Folds(x) || IsInPureFolder(x)), types);

        Assert.NotEmpty(pure);
        Faults.AreNone(pure.SelectMany(x => WorldOf(x).Concat(ChanceOf(x))));
    }

    [Theory, MemberData(nameof(Services))]
    public void Http_and_the_bus_end_at_the_edge(string service) =>
        Faults.AreNone(
            from type in ServiceTypes.Of(ServiceTypes.AssemblyOf(service))
            from use in WorldOf(type)
            where use.Contains(" uses Microsoft.AspNetCore.", StringComparison.Ordinal) && !IsNamed(type, HttpEdge)
                || use.Contains(" uses MassTransit.", StringComparison.Ordinal) && !IsNamed(type, BusEdge)
            select use);

    [Fact]
    public void Impure_decider_would_be_seen()
    {
        var sample = ServiceTypes.Of("CsPlatform.Architecture.Tests").Single(x => x.Name == nameof(SampleDecider));

        Assert.True(Decides(sample));
        Assert.False(IsNamed(sample, [.. HttpEdge, .. BusEdge]));
        Assert.Contains(WorldOf(sample), x => x.Contains("Npgsql", StringComparison.Ordinal));
        Assert.Contains(ChanceOf(sample), x => x.Contains("TimeProvider", StringComparison.Ordinal));
        Assert.Contains(ChanceOf(sample), x => x.Contains("CreateVersion7", StringComparison.Ordinal));
    }

    private static bool Decides(IType type) => type.Members.OfType<MethodMember>()
        .Any(x => x.Visibility == Visibility.Public && x.Name.StartsWith("Decide(", StringComparison.Ordinal));

    /// <summary>
    /// A state that events are applied to; a projection does the same to a read model and says so by its name.
    /// </summary>
    private static bool Folds(IType type) =>
        !IsNamed(type, ["Projection"]) && type.Members.OfType<MethodMember>().Any(
            x => x.Name.StartsWith("Apply(", StringComparison.Ordinal));

    /// <summary>These types and, over any number of steps, those of the service that they use.</summary>
    private static HashSet<IType> Reached(IEnumerable<IType> from, HashSet<IType> service)
    {
        var reached = new HashSet<IType>();
        var open = new Stack<IType>(from);
        while (open.TryPop(out var type))
        {
            if (reached.Add(type))
                type.GetTypeDependencies().Where(service.Contains).ToList().ForEach(open.Push);
        }

        return reached;
    }

    private static readonly string[] HttpEdge = ["Program", "Endpoint", "Endpoints", "Commands", "Request", "Registration"];

    private static readonly string[] BusEdge = ["Program", "Consumer", "ConsumerDefinition", "Publisher"];

    private static bool IsNamed(IType type, string[] endings) => endings.Any(Outermost(type).EndsWith);

    private static bool IsInPureFolder(IType type) => PureFolders.Contains(type.Namespace.FullName);

    /// <summary>
    /// Lambdas and iterators live in nested types of the compiler's: the type that people wrote counts.
    /// </summary>
    private static string Outermost(IType type) => type.FullName.Split('+', '/')[0].Split('.')[^1].Split('`')[0];

    private static IEnumerable<string> WorldOf(IType type) =>
        type.GetTypeDependencies()
            .Where(x => World.Any(w => x.FullName.StartsWith(w + ".", StringComparison.Ordinal)))
            .Select(x => $"{type.FullName} uses {x.FullName}").Distinct();

    private static IEnumerable<string> ChanceOf(IType type) =>
        type.Dependencies
            .Select(x => x is MethodCallDependency call ? call.TargetMember.FullName : x.Target.FullName)
            .Where(x => x.Contains("System.TimeProvider", StringComparison.Ordinal)
                || x.Contains("CreateVersion7", StringComparison.Ordinal)
                || x.StartsWith("System.Random", StringComparison.Ordinal))
            .Select(x => $"{type.FullName} uses {x}").Distinct();
}

/// <summary>Decides by what it looks up, by the clock and by a new id: everything that a decider may not do.</summary>
internal sealed class SampleDecider(Npgsql.NpgsqlDataSource database)
{
    public Guid Decide(TimeProvider clock) =>
        database.ConnectionString.Length > 0 ? Guid.CreateVersion7(clock.GetUtcNow()) : Guid.Empty;
}
