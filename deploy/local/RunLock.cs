namespace CsPlatform.Local;

/// <summary>
/// Held by the one program that runs things in a state directory. Linux lets go of it when that program ends, however.
/// </summary>
internal sealed class RunLock : IDisposable
{
    private readonly FileStream file;

    private RunLock(FileStream file) => this.file = file;

    /// <exception cref="LocalException">Another program holds it.</exception>
    public static RunLock Take(StateDirectory state) =>
        TryTake(state) ?? throw new LocalException($"Something runs in {state.Root} already.");

    /// <returns>Null while another program holds it.</returns>
    public static RunLock? TryTake(StateDirectory state)
    {
        try
        {
            return new(new FileStream(state.Path("lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            return null;
        }
    }

    public static bool IsHeld(StateDirectory state)
    {
        using var taken = TryTake(state);
        return taken is null;
    }

    public void Dispose() => file.Dispose();
}
