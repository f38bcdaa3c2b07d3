using System.Text;

namespace CsPlatform.Contracts.Tests;

/// <summary>The files of the clone that the tests run in.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Path(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    public static string Read(params string[] parts) => File.ReadAllText(Path(parts), Encoding.UTF8);

    public static IReadOnlyList<string> Names(string folder, string pattern) =>
        [.. Directory.GetFiles(Path(folder), pattern).Select(x => System.IO.Path.GetFileName(x)).Order(StringComparer.Ordinal)];

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "CsPlatform.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException("The tests run inside a clone; no CsPlatform.sln was found above them.");
    }
}
