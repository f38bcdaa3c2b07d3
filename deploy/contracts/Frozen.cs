using System.Security.Cryptography;
using System.Text;

namespace CsPlatform.ContractFiles;

/// <summary>
/// The list of samples with their checksums, as <c>sha256sum</c> writes it: a sample that is on it is there, and as it
/// was. Whoever must change one, before anybody has sent or stored what it shows, takes its line out first.
/// </summary>
internal sealed class Frozen(string root)
{
    public const string File = "contracts/frozen.sha256";

    public string Text { get; } = System.IO.File.Exists(Path.Combine(root, File))
        ? System.IO.File.ReadAllText(Path.Combine(root, File)) : "";

    private IEnumerable<(string Sum, string Path)> Lines =>
        Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => (line[..64], line[66..]));

    /// <summary>Samples on the list that are gone or changed.</summary>
    public IEnumerable<string> Faults()
    {
        foreach (var (sum, path) in Lines)
            if (!System.IO.File.Exists(Path.Combine(root, path)))
                yield return $"{path} is gone";
            else if (Sum(System.IO.File.ReadAllBytes(Path.Combine(root, path))) != sum)
                yield return $"{path} was changed";
    }

    /// <summary>The list with every sample that is not on it yet.</summary>
    public string With(IEnumerable<Change> changes)
    {
        var sums = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var folder in (string[])[Clone.Goldens, Clone.StoredEvents])
            foreach (var file in Directory.GetFiles(Path.Combine(root, folder), "*.json", SearchOption.AllDirectories))
                sums[Path.GetRelativePath(root, file).Replace('\\', '/')] = Sum(System.IO.File.ReadAllBytes(file));
        foreach (var change in changes.Where(c => c.Path.EndsWith(".json", StringComparison.Ordinal)))
            sums[change.Path] = Sum(Encoding.UTF8.GetBytes(change.Text));
        foreach (var (sum, path) in Lines)
            sums[path] = sum;
        return string.Concat(sums.Select(s => $"{s.Value}  {s.Key}\n"));
    }

    private static string Sum(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
