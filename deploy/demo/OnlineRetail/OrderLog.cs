using System.Globalization;
using System.IO.Compression;
using CsvHelper;

namespace CsPlatform.Demo.OnlineRetail;

/// <summary>An order of an identified customer.</summary>
/// <param name="ProductGroups">First two characters of its stock codes, the most frequent in the order first.</param>
internal sealed record Order(
    string Invoice, string Customer, string Country, DateTimeOffset PlacedAt, IReadOnlyList<string> ProductGroups);

/// <summary>
/// UCI Online Retail (Chen, Sain &amp; Guo 2012): order lines of a wholesaler. Cancellations, returns and lines without
/// a customer are dropped.
/// </summary>
internal static class OrderLog
{
    private const string PathInData = "events/online_retail/online_retail_to_2011-09-09.csv.gz";
    private const int ProductGroupsMax = 20;

    /// <summary>The file below CSP_DATA, or in shared/data beside the clone; null where there is none.</summary>
    public static string? Find(string cloneRoot)
    {
        var folder = Environment.GetEnvironmentVariable("CSP_DATA") is { Length: > 0 } named
            ? named
            : Path.Combine(cloneRoot, "..", "shared", "data");
        return Path.GetFullPath(Path.Combine(folder, PathInData)) is var file && File.Exists(file) ? file : null;
    }

    public static TextReader Open(string file) =>
        new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));

    /// <summary>
    /// Orders of these days, both included, by time. A line outside them is passed over unread but for its date.
    /// </summary>
    public static IReadOnlyList<Order> Read(TextReader text, DateOnly from, DateOnly through)
    {
        using var csv = CsvReader.Create(text);
        var lines = new Dictionary<string, List<Line>>();
        while (csv.Read())
        {
            var at = DateTime.ParseExact(
                csv.GetString("InvoiceDate"), "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
            if (DateOnly.FromDateTime(at) is var day && (day < from || day > through))
                continue;
            var (invoice, customer) = (csv.GetString("InvoiceNo"), csv.GetString("CustomerID"));
            if (customer.Length == 0 || invoice.StartsWith('C')
                || int.Parse(csv.GetString("Quantity"), CultureInfo.InvariantCulture) <= 0)
                continue;
            if (!lines.TryGetValue(invoice, out var order))
                lines.Add(invoice, order = []);
            // The customer comes as a float: 17850.0
            order.Add(new(customer.Split('.')[0], csv.GetString("Country"), new(at, TimeSpan.Zero), Group(csv.GetString("StockCode"))));
        }
        return [.. lines.Select(l => Order(l.Key, l.Value)).OrderBy(o => o.PlacedAt).ThenBy(o => o.Invoice, StringComparer.Ordinal)];
    }

    private readonly record struct Line(string Customer, string Country, DateTimeOffset At, string Group);

    // A few invoices carry two minutes: the first counts.
    private static Order Order(string invoice, List<Line> lines) => new(
        invoice, lines[0].Customer, lines[0].Country, lines.Min(l => l.At),
        [.. lines.GroupBy(l => l.Group).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal)
            .Take(ProductGroupsMax).Select(g => g.Key)]);

    private static string Group(string stockCode) =>
        stockCode.Length > 2 && char.IsAsciiDigit(stockCode[0]) ? $"group-{stockCode[..2]}" : "other";
}
