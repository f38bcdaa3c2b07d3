namespace CsPlatform.Contracts.Access;

/// <summary>
/// The roles a token may carry, in its <c>role</c> claim. What each may do: <see cref="Permissions"/>.
/// </summary>
public static class Roles
{
    /// <summary>Reads everything about every account.</summary>
    public const string Viewer = "viewer";

    /// <summary>Of another department: reads, and works what is assigned to it.</summary>
    public const string Colleague = "colleague";

    /// <summary>A customer success manager: reads all accounts, writes those of the own book.</summary>
    public const string Csm = "csm";

    /// <summary>Leads CSMs: writes every account.</summary>
    public const string Lead = "lead";

    /// <summary>Configures the system.</summary>
    public const string Admin = "admin";

    /// <summary>A machine that sends usage events, only with the sources of its <c>source</c> claims.</summary>
    public const string Publisher = "publisher";

    /// <summary>A machine that collects survey answers and sends them, of any account.</summary>
    public const string Collector = "collector";

    /// <summary>A machine that receives alerts.</summary>
    public const string Subscriber = "subscriber";

    /// <summary>Runs the system: sweeps, parked events, replays.</summary>
    public const string Ops = "ops";
}
