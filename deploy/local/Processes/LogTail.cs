using System.Text;

namespace CsPlatform.Local.Processes;

/// <summary>The end of a growing file.</summary>
internal sealed class LogTail(string path, long position = 0)
{
    private long position = position;

    public static LogTail FromEnd(string path) => new(path, File.Exists(path) ? new FileInfo(path).Length : 0);

    /// <summary>Hands over the whole lines that have come since the last call.</summary>
    public void ForNewLines(Action<string> take)
    {
        if (!File.Exists(path))
            return;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (file.Length < position)
            position = 0; // it was begun anew
        file.Position = position;
        using var memory = new MemoryStream();
        file.CopyTo(memory);
        var bytes = memory.GetBuffer().AsSpan(0, (int)memory.Length);
        var whole = bytes[..(bytes.LastIndexOf((byte)'\n') + 1)];
        position += whole.Length;
        foreach (var line in Encoding.UTF8.GetString(whole).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            take(line);
    }
}
