using Mono.Cecil;
using Mono.Cecil.Cil;

namespace CsPlatform.Architecture.Tests;

/// <summary>What a compiled service does with messages, read from its IL: no service is started.</summary>
internal sealed class Compiled : IDisposable
{
    private readonly AssemblyDefinition assembly;

    public Compiled(string assemblyName)
    {
        var resolver = new DefaultAssemblyResolver();
        resolver.AddSearchDirectory(AppContext.BaseDirectory);
        assembly = AssemblyDefinition.ReadAssembly(
            Path.Combine(AppContext.BaseDirectory, assemblyName + ".dll"),
            new ReaderParameters { AssemblyResolver = resolver });
    }

    public IEnumerable<TypeDefinition> Types => assembly.MainModule.GetTypes();

    /// <summary>
    /// Full names of the messages that <c>Hear&lt;T&gt;</c>, <c>HearBatch&lt;T&gt;</c> and <c>HearMilestone&lt;T&gt;</c>
    /// put on a queue: in the service, or in what it calls of its libraries.
    /// </summary>
    public IReadOnlySet<string> Heard =>
        (from call in Calls().SelectMany(CallsBehind)
         where call.DeclaringType.FullName == "CsPlatform.Backbone.Hearings" && call.Name is "Hear" or "HearBatch"
            || call.Name is "HearMilestone"
         let message = ((GenericInstanceMethod)call).GenericArguments[0]
         where message is not GenericParameter // within the service's own extension of the hearings
         select message.FullName).ToHashSet();

    /// <summary>Types that are consumers of MassTransit themselves.</summary>
    public IEnumerable<string> Consumers =>
        from type in Types
        where type.Interfaces.Any(i => i.InterfaceType.GetElementType().FullName == "MassTransit.IConsumer`1")
        select type.Name;

    /// <summary>Types that make messages of the contracts, by the message's full name.</summary>
    public ILookup<string, string> Made =>
        (from type in Types
         from method in type.Methods
         where method.HasBody
         from instruction in method.Body.Instructions
         where instruction.OpCode == OpCodes.Newobj
         let made = ((MethodReference)instruction.Operand).DeclaringType
         where made.Namespace.StartsWith("CsPlatform.Contracts.", StringComparison.Ordinal)
         select (Message: made.FullName, Maker: Outermost(type).Name)).Distinct()
             .ToLookup(x => x.Message, x => x.Maker);

    public void Dispose() => assembly.Dispose();

    private IEnumerable<MethodReference> Calls() => Types.SelectMany(t => t.Methods).SelectMany(CallsIn);

    private static IEnumerable<MethodReference> CallsIn(MethodDefinition method) =>
        from instruction in method.HasBody ? method.Body.Instructions.ToArray() : []
        where instruction.OpCode == OpCodes.Call || instruction.OpCode == OpCodes.Callvirt
        select (MethodReference)instruction.Operand;

    /// <summary>The call, or those of the method where it is a library's extension of the hearings.</summary>
    private static IEnumerable<MethodReference> CallsBehind(MethodReference call) =>
        call.DeclaringType.Scope.Name == "CsPlatform.AccountDirectory" && call.Resolve() is { } method
            ? CallsIn(method)
            : [call];

    private static TypeDefinition Outermost(TypeDefinition type) =>
        type.DeclaringType is { } outer ? Outermost(outer) : type;
}
