using CsPlatform.Local.Processes;

namespace CsPlatform.Local.Platform;

/// <summary>
/// Further processes of a service beside its first: <c>health-2</c> is the second of health, on a port of its own and
/// on the same database and queue. Each is started (<see cref="RestartAsync"/>), asked, stopped and killed by its name.
/// </summary>
public sealed partial class LocalPlatform
{
    /// <param name="service">A service's name.</param>
    /// <param name="number">1 is the service itself.</param>
    public static string Replica(string service, int number) => number == 1 ? service : $"{service}-{number}";

    /// <summary>SIGSTOP: the process stands still and keeps everything open.</summary>
    public void Pause(string replica) => running[replica].Signal(Native.SigStop);

    /// <summary>SIGCONT: it goes on, and does not know that time has passed.</summary>
    public void Resume(string replica) => running[replica].Signal(Native.SigCont);

    /// <summary>The service that a process is one of.</summary>
    public static string ServiceOf(string replica) => replica.Split('-')[0];
}
