using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CsPlatform.Accounts.Life;
using CsPlatform.Accounts.Lifecycle;

namespace CsPlatform.Accounts.Import;

/// <summary>How big an import may be; settings <c>Import__MaxBytes</c> and <c>Import__MaxRows</c>.</summary>
internal sealed record ImportLimits(int MaxBytes = 10 << 20, int MaxRows = 10_000)
{
    private static readonly ImportLimits UnlessSet = new();

    /// <exception cref="InvalidOperationException">A setting is out of its bounds; the message names it.</exception>
    public static ImportLimits From(IConfiguration configuration) => new(
        configuration.Number("Import:MaxBytes", UnlessSet.MaxBytes, 1 << 10, 1 << 28),
        configuration.Number("Import:MaxRows", UnlessSet.MaxRows, 1, 1_000_000));
}

/// <summary>A row that can be decided on, or the report that says why not.</summary>
internal sealed record FileRow(ImportedRow? Row, RowReport? Refused);

/// <summary>
/// Reads a CSV file of accounts (RFC 4180, UTF-8). A bad row is refused by itself; a bad header refuses the file.
/// </summary>
internal sealed class ImportFile
{
    private const char NotUtf8 = '\uffff'; // stands for bytes that are not UTF-8; no character of any text
    private const string FormulaStarts = "=+-@";

    private static readonly string[] PlainColumns =
        ["name", "industry", "employees", "country", "region", "city", "plan", "tier", "csmId"];

    /// <summary>No account has more keys, so more columns could not be taken, only paid for row by row.</summary>
    private static readonly int ColumnsMax = PlainColumns.Length + LinkExternalKey.MaxKeys;

    private readonly byte[] fileHash;
    private readonly IReadOnlyList<string> columns;

    private ImportFile(byte[] fileHash, IReadOnlyList<string> columns) =>
        (this.fileHash, this.columns) = (fileHash, columns);

    /// <exception cref="RefusedException">
    /// "csv-encoding", "csv-empty", "csv-header" (400), "csv-too-many-rows" (413): nothing of the file can be taken.
    /// </exception>
    public static IReadOnlyList<FileRow> Read(byte[] bytes, ImportLimits limits)
    {
        if (bytes is [0xff, 0xfe, ..] or [0xfe, 0xff, ..])
            throw new RefusedException("csv-encoding", "The file is UTF-16. Save it as UTF-8.", 400);

        var utf8 = Encoding.GetEncoding(
            "utf-8", EncoderFallback.ExceptionFallback, new DecoderReplacementFallback($"{NotUtf8}"));
        var text = utf8.GetString(bytes is [0xef, 0xbb, 0xbf, ..] ? bytes.AsSpan(3) : bytes);
        var records = CsvRecords.Read(text).Take(limits.MaxRows + 2).ToList();
        if (records.Count == 0)
            throw new RefusedException("csv-empty", "The file has no header row.", 400);
        if (records.Count > limits.MaxRows + 1)
            throw new RefusedException(
                "csv-too-many-rows", $"A file has {limits.MaxRows} rows at most. Split it.", 413);

        var file = new ImportFile(SHA256.HashData(bytes), Header(records[0]));
        return [.. records.Skip(1).Select(file.Row)];
    }

    private static List<string> Header(CsvRecord record)
    {
        if (record.Cells is null || record.Text.Contains(NotUtf8, StringComparison.Ordinal))
            throw new RefusedException(
                "csv-header", "The header row cannot be read: its quotes or its encoding (UTF-8) are wrong.", 400);

        if (record.Cells.Count > ColumnsMax)
            throw new RefusedException("csv-header", $"A file has {ColumnsMax} columns at most.", 400);

        var check = new FieldCheck();
        var columns = record.Cells.Select(cell => Column(cell.Trim(), check)).ToList();
        foreach (var twice in columns.GroupBy(c => c).Where(g => g.Count() > 1))
            check.Refuse(twice.Key, "stands in the header twice");
        if (check.Errors.Count == 0 && !columns.Contains("name") && !columns.Any(IsKey))
            check.Refuse("name", "is missing, and so is any key:<system> column");
        return check.Errors.Count == 0
            ? columns
            : throw new RefusedException("csv-header",
                $"The columns are {string.Join(", ", PlainColumns)} and key:<system>, separated by commas.", 400)
            { Errors = check.Errors };
    }

    private static string Column(string cell, FieldCheck check)
    {
        if (cell.StartsWith("key:", StringComparison.OrdinalIgnoreCase))
            return $"key:{new ExternalKey(cell[4..], "any").Checked(check, "key:").System}";
        if (PlainColumns.FirstOrDefault(c => c.Equals(cell, StringComparison.OrdinalIgnoreCase)) is { } known)
            return known;

        var shown = cell.Length <= 64 ? cell : $"{cell[..64]}…";
        check.Refuse(FieldCheck.Fault(shown) is null ? shown : "?", "is not a column of this import");
        return cell;
    }

    private static bool IsKey(string column) => column.StartsWith("key:", StringComparison.Ordinal);

    private FileRow Row(CsvRecord record)
    {
        var (code, detail) = record switch
        {
            _ when record.Text.Contains(NotUtf8, StringComparison.Ordinal) =>
                (RowCodes.EncodingInvalid, "The row is not UTF-8."),
            { Cells: null } =>
                (RowCodes.QuotesInvalid, "The row's quotes are wrong: quote the whole cell; a quote in it is \"\"."),
            _ when record.Cells.Count != columns.Count =>
                (RowCodes.CellCount, $"The row has {record.Cells.Count} cells, the header {columns.Count}."),
            _ => (null, ""),
        };
        if (code is not null)
            return new FileRow(null, RowReport.Refused(record.Line, code, detail));

        var formula = columns.Where((c, i) => c != "employees" && IsFormula(record.Cells![i])).FirstOrDefault();
        if (formula is not null)
            return new FileRow(null, RowReport.Refused(record.Line, RowCodes.FormulaLike,
                $"{formula} starts like a formula (one of {FormulaStarts}), which a spreadsheet would run."));

        var check = new FieldCheck();
        var row = Checked(record, check);
        return check.Errors.Count == 0
            ? new FileRow(row, null)
            : new FileRow(null, RowReport.Refused(record.Line, RowCodes.CellInvalid,
                string.Join("; ", check.Errors.Select(e => $"{e.Key} {string.Join(" and ", e.Value)}"))));
    }

    private static bool IsFormula(string cell) =>
        cell.TrimStart() is [var first, ..] && FormulaStarts.Contains(first, StringComparison.Ordinal);

    private ImportedRow Checked(CsvRecord record, FieldCheck check)
    {
        return new ImportedRow(
            record.Line, NewId(record.Line),
            new AccountDetails(
                Text("name") ?? "", Text("industry"), Employees(Text("employees")), Text("country"), Text("region"),
                Text("city"), Text("plan"), check.Choice<Tier>(Text("tier"), "tier")),
            Text("csmId", Account.CsmIdMaxLength), Keys());

        string? Text(string column, int maxLength = AccountDetails.MaxLength)
        {
            for (var i = 0; i < columns.Count; i++)
            {
                if (columns[i] == column)
                    return check.Optional(record.Cells![i], column, maxLength);
            }

            return null;
        }

        int? Employees(string? text)
        {
            if (text is null)
                return null;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number <= AccountDetails.MaxEmployees)
                return number;

            check.Refuse("employees", $"is a whole number from 0 to {AccountDetails.MaxEmployees}");
            return null;
        }

        List<ExternalKey> Keys() =>
        [
            .. columns.Where(IsKey)
                .Select(column => (System: column[4..], Key: Text(column, ExternalKey.MaxKeyLength)))
                .Where(k => k.Key is not null)
                .Select(k => new ExternalKey(k.System, k.Key!)),
        ];
    }

    private Guid NewId(int line)
    {
        Span<byte> seed = stackalloc byte[SHA256.HashSizeInBytes + sizeof(int)];
        fileHash.CopyTo(seed);
        BinaryPrimitives.WriteInt32BigEndian(seed[SHA256.HashSizeInBytes..], line);
        return DerivedId.Of(seed);
    }
}
