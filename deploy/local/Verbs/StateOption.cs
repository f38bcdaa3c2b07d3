using CsPlatform.Local.Platform;

namespace CsPlatform.Local.Verbs;

/// <summary><c>--of</c>: which of this clone's systems is meant, what <c>up</c> starts or the demo.</summary>
internal static class StateOption
{
    public const string Name = "--of";

    /// <exception cref="LocalException">There is none of this name.</exception>
    public static StateDirectory Of(Arguments arguments)
    {
        var name = arguments.Value(Name) ?? "system";
        if (name is not ("system" or "demo"))
            throw new LocalException($"{Name} takes system or demo, not {name}.");
        var folder = Path.Combine(Clone.Root, ".local", name);
        return folder == HostProcess.DefaultState || Directory.Exists(folder)
            ? new(folder) : throw new LocalException($"There is no {folder}.");
    }
}
