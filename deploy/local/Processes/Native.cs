using System.Runtime.InteropServices;

namespace CsPlatform.Local.Processes;

internal static partial class Native
{
    public const int SigInt = 2, SigQuit = 3, SigKill = 9, SigTerm = 15, SigCont = 18, SigStop = 19;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUserId();

    public static bool IsRoot => EffectiveUserId() == 0;
}
