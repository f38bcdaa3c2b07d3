using CsvHelper;

namespace CsPlatform.Accounts.Import;

/// <summary>The cells of one record, or null where its quotes are wrong.</summary>
/// <param name="Line">Line on which it starts, from 1.</param>
/// <param name="Text">The record as it stands in the file.</param>
internal sealed record CsvRecord(int Line, string Text, IReadOnlyList<string>? Cells);

/// <summary>
/// Cuts a file into records so that wrong quotes spoil one line and not the rest of the file. A quoted cell may span
/// lines; where joining lines gives no record as wide as the header, the first line alone is at fault.
/// </summary>
internal static class CsvRecords
{
    private const int MaxLinesOfRecord = 20;
    private const int MaxJoinedLength = 64 * 1024;

    private static readonly CsvReaderOptions OneRecord = new()
    {
        HasHeader = false,
        Separator = ',',
        MalformedData = CsvMalformedDataHandling.Throw,
    };

    public static IEnumerable<CsvRecord> Read(string text)
    {
        var lines = text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Split('\n');
        int? width = null;
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i];
            if (string.IsNullOrWhiteSpace(line))
                continue;

            var record = new CsvRecord(i + 1, line, Cells(line));
            if (record.Cells is null && Joined(lines, i, width) is var (joined, cells, last))
            {
                record = new CsvRecord(i + 1, joined, cells);
                i = last;
            }

            width ??= record.Cells?.Count;
            yield return record;
        }
    }

    private static (string Text, IReadOnlyList<string> Cells, int Last)? Joined(string[] lines, int first, int? width)
    {
        if (Quotes(lines[first]) % 2 == 0)
            return null;

        var (joined, quotes) = (lines[first], Quotes(lines[first]));
        var end = Math.Min(lines.Length, first + MaxLinesOfRecord);
        for (var i = first + 1; i < end && joined.Length < MaxJoinedLength; i++)
        {
            joined += '\n' + lines[i];
            quotes += Quotes(lines[i]);
            if (quotes % 2 == 0)
            {
                return Cells(joined) is { } cells && (width is null || cells.Length == width)
                    ? (joined, cells, i)
                    : null;
            }
        }

        return null;
    }

    private static int Quotes(string text) => text.AsSpan().Count('"');

    private static string[]? Cells(string record)
    {
        if (Quotes(record) % 2 == 1)
            return null;

        try
        {
            using var reader = CsvReader.FromText(record, OneRecord);
            return reader.Read() ? [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)] : null;
        }
        catch (CsvFormatException)
        {
            return null;
        }
    }
}
