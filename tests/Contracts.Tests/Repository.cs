using System.Text;

namespace CsPlatform.Tests;

/// <summary>The files of the clone that the tests run in.</summary>
internal static class Repository
{
    public static string Root => Local.Clone.Root;

    public static string Path(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    public static string Read(params string[] parts) => File.ReadAllText(Path(parts), Encoding.UTF8);

    public static IReadOnlyList<string> Names(string folder, string pattern) =>
        [.. Directory.GetFiles(Path(folder), pattern).Select(x => System.IO.Path.GetFileName(x)).Order(StringComparer.Ordinal)];

    /// <summary>
    /// Every file that people write, by its path from the root with slashes; nothing built, fetched or private.
    /// </summary>
    public static IReadOnlyList<string> Files { get; } =
        [.. Walk(new DirectoryInfo(Root)).Select(x => System.IO.Path.GetRelativePath(Root, x).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Walk(DirectoryInfo folder) =>
        folder.GetFiles().Where(x => !x.Name.EndsWith(".lock.json", StringComparison.Ordinal)
            && x.Name is not ("package-lock.json" or ".git"))
            .Select(x => x.FullName)
            .Concat(folder.GetDirectories()
                .Where(x => x.Name is not ("bin" or "obj" or "node_modules" or "TestResults" or "__pycache__")
                    && (x.Name[0] != '.' || x.Name == ".ci"))
                .SelectMany(Walk));
}
