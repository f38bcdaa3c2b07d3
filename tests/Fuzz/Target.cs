using System.Text;
using CsPlatform.Engagement.UsageEvents;

namespace CsPlatform.Fuzz;

/// <summary>
/// What is held true of any bytes: the edge judges them without another exception than its own, and what it accepts
/// reads back as it was, in the same canonical form, and can be stored.
/// </summary>
internal static class Target
{
    /// <summary>The first byte chooses the way in.</summary>
    /// <exception cref="Exception">A finding.</exception>
    public static void Judge(ReadOnlyMemory<byte> input)
    {
        if (input.IsEmpty)
            return;
        var body = input[1..];
        switch (input.Span[0] & 3)
        {
            case 0:
                Single(body, new UsageLimits());
                break;
            case 1:
                Batch(body, new UsageLimits());
                break;
            case 2:
                Binary(body);
                break;
            default:
                Single(body, Small);
                break;
        }
    }

    /// <summary>Inputs to start from, one of each kind.</summary>
    public static IEnumerable<byte[]> Seeds() =>
        from text in new[]
        {
            "\0{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"app\",\"type\":\"t\",\"subject\":\"crm/1\",\"time\":\"2026-03-01T10:00:00.5+01:00\",\"x\":1,"
                + "\"datacontenttype\":\"application/json\",\"data\":{\"user\":\"ann\",\"features\":[\"b\",\"a\"],\"minutes\":1.50,\"z\":{\"b\":-0,\"a\":[1e2,null,true]}}}",
            "\0{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"app\",\"type\":\"t\",\"subject\":\"account/01890000-0000-7000-8000-000000000000\",\"data_base64\":\"eyJhIjoxfQ==\"}",
            "\u0001[{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"app\",\"type\":\"t\",\"subject\":\"crm/1\"},{\"id\":\"2\"},7]",
            "\u0002specversion: 1.0\nid: 1\nsource: app\ntype: t\nsubject: crm/%41\nmyext: x\n\n{\"minutes\":5}",
            "\u0003{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"t\",\"subject\":\"a/1\",\"data\":{\"a\":{\"b\":{}}}}",
        }
        select Encoding.UTF8.GetBytes(text);

    private static UsageLimits Small { get; } =
        new() { EventBytes = 300, Depth = 3, Keys = 12, StringBytes = 64, NumberDigits = 5, NameBytes = 36, BatchEvents = 2, RequestBytes = 1024 };

    private static void Single(ReadOnlyMemory<byte> json, UsageLimits limits)
    {
        var item = new UsageEventParser(limits).Parse(json);
        if (item.Event is { } e)
            ReadBack(e, limits);
        else if (item.Refusal is null)
            throw new InvalidOperationException("Neither taken nor refused.");
    }

    private static void Batch(ReadOnlyMemory<byte> json, UsageLimits limits)
    {
        try
        {
            var parser = new UsageEventParser(limits);
            foreach (var raw in EventBatch.Split(json, limits))
                // One instance judges all items, so what one leaves behind must not touch the next.
                if (parser.Parse(raw).Event is { } e && !e.Fingerprint.AsSpan().SequenceEqual(new UsageEventParser(limits).Parse(raw).Event!.Fingerprint))
                    throw new InvalidOperationException("An item is judged otherwise beside its neighbours.");
        }
        catch (UsageEventRefusedException)
        {
        }
    }

    private static void Binary(ReadOnlyMemory<byte> message)
    {
        var text = Encoding.UTF8.GetString(message.Span);
        var end = text.IndexOf("\n\n", StringComparison.Ordinal) is var found and >= 0 ? found : text.Length;
        var attributes = text[..end].Split('\n').Where(line => line.Contains(':', StringComparison.Ordinal))
            .GroupBy(line => line[..line.IndexOf(':', StringComparison.Ordinal)].Trim(), StringComparer.OrdinalIgnoreCase)
            .Select(g => KeyValuePair.Create(g.Key, g.Select(line => (string?)line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()).ToArray()));
        try
        {
            var limits = new UsageLimits();
            var body = Encoding.UTF8.GetBytes(text[Math.Min(text.Length, end + 2)..]);
            Single(BinaryMode.ToStructured(attributes, "application/json", body), limits);
        }
        catch (UsageEventRefusedException)
        {
        }
    }

    private static void ReadBack(UsageEvent e, UsageLimits limits)
    {
        foreach (var text in (string?[])[e.Id, e.Source, e.Type, e.Subject, e.Use.User, .. e.Use.Features])
            Storable.Check(text);
        Storable.Check(e.Data);
        Storable.Check(e.Extensions);
        if (e.Time is { } time && (time < DateTimeOffset.UnixEpoch
            || time.UtcTicks % TimeSpan.TicksPerMicrosecond != 0))
            throw new InvalidOperationException("A time that PostgreSQL would change.");

        var again = new UsageEventParser(limits with { EventBytes = int.MaxValue }).Parse(Storable.Write(e));
        if (again.Event is not { } read)
            throw new InvalidOperationException(
                $"Accepted, but its own content is refused: {again.Refusal!.Code} {again.Refusal.Message}");
        if (!(e.Data ?? []).AsSpan().SequenceEqual(read.Data ?? []))
            throw new InvalidOperationException("The canonical form is not stable.");
        if (!e.Fingerprint.AsSpan().SequenceEqual(read.Fingerprint))
            throw new InvalidOperationException("The same content has another fingerprint.");
    }
}
