using CsPlatform.Engagement.Submissions;
using Npgsql;
using NpgsqlTypes;

namespace CsPlatform.Engagement.Writing;

/// <summary>Writes parked items, in the transaction of their neighbours.</summary>
internal static class ParkedEventRows
{
    public static async Task Insert(NpgsqlConnection connection, IReadOnlyList<ParkedItem> items)
    {
        if (items.Count == 0)
            return;

        // Bytes that are no event have nothing but themselves to be recognised by; equal ones become one row.
        var rows = items
            .Select(i => (Item: i, Digest: i.Digest()))
            .GroupBy(r => r.Item.Claimed ? (object)r.Item : Convert.ToHexString(r.Digest))
            .Select(g => (g.First().Item, g.First().Digest, Seen: g.Count()))
            .OrderBy(r => r.Digest, Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)))
            .ToArray();
        await using var insert = new NpgsqlCommand(
            """
            insert into engagement.parked_event as p (reason, detail, claimed, transport, sender, source, id, subject,
              raw, digest, headers, traceparent, received_at, seen)
            select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
            on conflict (digest) where status = 'parked' and not claimed do update set seen = p.seen + excluded.seen
            """, connection);
        Add(NpgsqlDbType.Text, r => r.Item.Reason);
        Add(NpgsqlDbType.Text, r => r.Item.Detail);
        Add(NpgsqlDbType.Boolean, r => r.Item.Claimed);
        Add(NpgsqlDbType.Text, r => r.Item.Origin.Transport);
        Add(NpgsqlDbType.Text, r => r.Item.Origin.Sender);
        Add(NpgsqlDbType.Text, r => r.Item.Item.Source);
        Add(NpgsqlDbType.Text, r => r.Item.Item.Id);
        Add(NpgsqlDbType.Text, r => r.Item.Item.Event?.Subject);
        Add(NpgsqlDbType.Bytea, r => r.Item.Item.Raw.ToArray());
        Add(NpgsqlDbType.Bytea, r => r.Digest);
        Add(NpgsqlDbType.Jsonb, r => r.Item.Origin.HeadersJson);
        Add(NpgsqlDbType.Text, r => r.Item.Origin.Traceparent);
        Add(NpgsqlDbType.TimestampTz, r => r.Item.Origin.ReceivedAt);
        Add(NpgsqlDbType.Integer, r => r.Seen);
        await insert.ExecuteNonQueryAsync();
        CrashPoint.Reach("parked-written");

        void Add<T>(NpgsqlDbType type, Func<(ParkedItem Item, byte[] Digest, int Seen), T> value) =>
            insert.Parameters.Add(
                new() { Value = rows.Select(value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });
    }
}
