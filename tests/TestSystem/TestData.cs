using CsPlatform.Local;
using Xunit;

namespace CsPlatform.TestSystem;

/// <summary>
/// Data sets that are not part of the repository: in the folder that CSP_DATA names, else in ../shared/data beside the
/// clone.
/// </summary>
public static class TestData
{
    public static string Root { get; } = Environment.GetEnvironmentVariable("CSP_DATA") is { Length: > 0 } named
        ? System.IO.Path.GetFullPath(named)
        : System.IO.Path.GetFullPath(System.IO.Path.Combine(Clone.Root, "..", "shared", "data"));

    /// <summary>The file or folder; where it is absent, the test is skipped with the reason.</summary>
    public static string Path(string relative)
    {
        var path = System.IO.Path.Combine(Root, relative);
        if (!File.Exists(path) && !Directory.Exists(path))
            Assert.Skip($"Data set {relative} is absent (looked in {Root}; CSP_DATA names another folder).");
        return path;
    }
}
