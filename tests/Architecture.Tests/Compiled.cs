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
            Path.Combine(AppContext.BaseDirectory, assemblyName + ".dll"), new ReaderParameters { AssemblyResolver = resolver });
    }

    public IEnumerable<TypeDefinition> Types => assembly.MainModule.GetTypes();

    /// <summary>Full names of the messages of every consumer that is registered by <c>AddConsumer&lt;T&gt;</c>.</summary>
    public IReadOnlySet<string> Consumed =>
        (from call in Calls()
         where call.Name == "AddConsumer" && call is GenericInstanceMethod
         from consumer in ((GenericInstanceMethod)call).GenericArguments
         from heard in MessagesOf(consumer.Resolve())
         select heard).ToHashSet();

    /// <summary>Full names of the messages of every consumer that the assembly holds, registered or not.</summary>
    public IReadOnlySet<string> Consumable => Types.SelectMany(MessagesOf).ToHashSet();

    /// <summary>Types that make messages of the contracts, by the message's full name.</summary>
    public ILookup<string, string> Made =>
        (from type in Types
         from method in type.Methods
         where method.HasBody
         from instruction in method.Body.Instructions
         where instruction.OpCode == OpCodes.Newobj
         let made = ((MethodReference)instruction.Operand).DeclaringType
         where made.Namespace.StartsWith("CsPlatform.Contracts.", StringComparison.Ordinal)
         select (Message: made.FullName, Maker: Outermost(type).Name)).Distinct().ToLookup(x => x.Message, x => x.Maker);

    public void Dispose() => assembly.Dispose();

    private IEnumerable<MethodReference> Calls() =>
        from type in Types
        from method in type.Methods
        where method.HasBody
        from instruction in method.Body.Instructions
        where instruction.OpCode == OpCodes.Call || instruction.OpCode == OpCodes.Callvirt
        select (MethodReference)instruction.Operand;

    /// <summary>The T of IConsumer&lt;T&gt; and IConsumer&lt;Batch&lt;T&gt;&gt;.</summary>
    private static IEnumerable<string> MessagesOf(TypeDefinition type) =>
        from i in type.Interfaces
        where i.InterfaceType.GetElementType().FullName == "MassTransit.IConsumer`1"
        let heard = ((GenericInstanceType)i.InterfaceType).GenericArguments[0]
        select heard is GenericInstanceType { Name: "Batch`1" } batch ? batch.GenericArguments[0].FullName : heard.FullName;

    private static TypeDefinition Outermost(TypeDefinition type) =>
        type.DeclaringType is { } outer ? Outermost(outer) : type;
}
