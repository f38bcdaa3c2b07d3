namespace CsPlatform.Local.Processes;

/// <summary>
/// A loopback and mounts that only one program and what it starts can see: tests cut its connections and fill its
/// disks, and hurt nobody else.
/// </summary>
internal static class OwnNetwork
{
    /// <summary>Set inside, so that tests know that they may.</summary>
    public const string Variable = "CSP_TEST_NETWORK";

    /// <summary>Needs root, and a kernel or container that permits it.</summary>
    public static bool IsPossible() =>
        Native.IsRoot && Tool.Succeeds(["bash", "-c", "unshare --net --mount ip link set lo up"]);

    public static string[] Inside(string[] command) =>
        ["unshare", "--net", "--mount", "bash", "-c", """ip link set lo up && exec "$@" """, "inside", .. command];
}
