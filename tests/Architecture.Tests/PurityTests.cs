using ArchUnitNET.Domain;
using ArchUnitNET.Domain.Dependencies;
using ArchUnitNET.Domain.Extensions;
using ArchUnitNET.Loader;
using CsPlatform.Contracts;

namespace CsPlatform.Architecture.Tests;

/// <summary>
/// What decides is plain C#: it knows no database, no bus, no HTTP and no clock, so that given, when and then are all it
/// takes to test it. What touches the world says so by its name.
/// </summary>
public sealed class PurityTests
{
    private static readonly string[] World = ["Marten", "MassTransit", "Npgsql", "RabbitMQ", "Microsoft.AspNetCore", "Quartz"];

    public static TheoryData<string> Services => [.. Topology.Services.Select(x => x.Name)];

    [Theory, MemberData(nameof(Services))]
    public void Only_what_says_so_by_its_name_touches_the_world(string service) =>
        Faults.AreNone(Types(AssemblyOf(service)).Where(x => !TouchesByName(x)).SelectMany(WorldOf));

    [Theory, MemberData(nameof(Services))]
    public void Deciders_states_and_all_that_they_build_on_are_pure(string service)
    {
        var types = Types(AssemblyOf(service)).ToList();
        var pure = Reached(types.Where(x => Decides(x) || Folds(x)), types);

        Assert.NotEmpty(pure);
        Faults.AreNone(pure.SelectMany(x => WorldOf(x).Concat(ChanceOf(x))));
    }

    [Fact]
    public void Impure_decider_would_be_seen()
    {
        var sample = Types("CsPlatform.Architecture.Tests").Single(x => x.Name == nameof(SampleDecider));

        Assert.True(Decides(sample));
        Assert.False(TouchesByName(sample));
        Assert.Contains(WorldOf(sample), x => x.Contains("Npgsql", StringComparison.Ordinal));
        Assert.Contains(ChanceOf(sample), x => x.Contains("TimeProvider", StringComparison.Ordinal));
        Assert.Contains(ChanceOf(sample), x => x.Contains("CreateVersion7", StringComparison.Ordinal));
    }

    private static string AssemblyOf(string service) => $"CsPlatform.{char.ToUpperInvariant(service[0])}{service[1..]}";

    private static IEnumerable<IType> Types(string assembly) =>
        new ArchLoader().LoadAssemblies(System.Reflection.Assembly.Load(assembly)).Build()
            .Types.Where(x => x.FullName.StartsWith(assembly + ".", StringComparison.Ordinal));

    private static bool Decides(IType type) => type.Members.OfType<MethodMember>().Any(x => x.Name.StartsWith("Decide(", StringComparison.Ordinal));

    /// <summary>A state that events are applied to; a projection does the same to a read model and says so by its name.</summary>
    private static bool Folds(IType type) =>
        !TouchesByName(type) && type.Members.OfType<MethodMember>().Any(x => x.Name.StartsWith("Apply(", StringComparison.Ordinal));

    /// <summary>These types and, over any number of steps, those of the service that they use.</summary>
    private static HashSet<IType> Reached(IEnumerable<IType> from, IReadOnlyCollection<IType> service)
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

    private static bool TouchesByName(IType type) => Touching.Any(Outermost(type).EndsWith);

    private static readonly string[] Touching =
        ["Program", "Store", "Endpoint", "Endpoints", "Consumer", "Publisher", "Projection", "Job", "Sweep", "Lock"];

    /// <summary>Lambdas and iterators live in nested types of the compiler's: the type that people wrote counts.</summary>
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
