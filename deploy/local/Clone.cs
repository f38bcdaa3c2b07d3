namespace CsPlatform.Local;

/// <summary>Where this clone of the repository is, and which build of it runs.</summary>
public static class Clone
{
    /// <summary>The folder of CsPlatform.sln above the running program.</summary>
    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    /// <summary>Debug or Release: services are started in the configuration that this program was built in.</summary>
    public static string Configuration { get; } =
        new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/')).Parent?.Name ?? "Debug";

    /// <summary>The build of the services with crash points, for tests only.</summary>
    public const string FaultsBuild = "Faults";

    /// <summary>A service's program, e.g. services/Accounts/bin/Debug/net10.0/CsPlatform.Accounts.dll.</summary>
    public static string ServiceProgram(string service, string configuration)
    {
        var name = char.ToUpperInvariant(service[0]) + service[1..];
        return Path.Combine(Root, "services", name, "bin", configuration, "net10.0", $"CsPlatform.{name}.dll");
    }

    private static string FindRoot(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "CsPlatform.sln")))
                return folder.FullName;
        throw new LocalException($"No CsPlatform.sln above {start}.");
    }
}
