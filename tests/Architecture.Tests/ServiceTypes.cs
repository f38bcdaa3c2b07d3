using System.Collections.Concurrent;
using ArchUnitNET.Domain;
using ArchUnitNET.Loader;

namespace CsPlatform.Architecture.Tests;

/// <summary>The types of an assembly with what they use, each assembly read once.</summary>
internal static class ServiceTypes
{
    private static readonly ConcurrentDictionary<string, IReadOnlyList<IType>> Loaded = new();

    public static string AssemblyOf(string service) => $"CsPlatform.{char.ToUpperInvariant(service[0])}{service[1..]}";

    public static IReadOnlyList<IType> Of(string assembly) => Loaded.GetOrAdd(assembly, Load);

    private static IReadOnlyList<IType> Load(string assembly) =>
        [.. new ArchLoader().LoadAssemblies(System.Reflection.Assembly.Load(assembly)).Build()
            .Types.Where(x => x.FullName.StartsWith(assembly + ".", StringComparison.Ordinal))];
}
