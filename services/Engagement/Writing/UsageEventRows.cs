using CsPlatform.Engagement.Submissions;
using Npgsql;
using NpgsqlTypes;

namespace CsPlatform.Engagement.Writing;

/// <summary>
/// The rows of counted events. COPY is the cheapest way in, and takes part in the transaction like any other.
/// </summary>
internal static class UsageEventRows
{
    public static async Task Insert(NpgsqlConnection connection, IReadOnlyList<CountedUse> uses)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            """
            copy engagement.usage_event (account_id, occurred_at, recorded_at, source_id, id, type, subject, user_id,
              automation, minutes, features, data, extensions) from stdin (format binary)
            """);
        foreach (var use in uses)
        {
            var e = use.Event;
            await copy.StartRowAsync();
            await copy.WriteAsync(use.AccountId, NpgsqlDbType.Uuid);
            await copy.WriteAsync(use.OccurredAt, NpgsqlDbType.TimestampTz);
            await copy.WriteAsync(use.RecordedAt, NpgsqlDbType.TimestampTz);
            await copy.WriteAsync(use.SourceId, NpgsqlDbType.Integer);
            await copy.WriteAsync(e.Id, NpgsqlDbType.Text);
            await copy.WriteAsync(e.Type, NpgsqlDbType.Text);
            await copy.WriteAsync(e.Subject, NpgsqlDbType.Text);
            await WriteOrNull(copy, e.Use.User, NpgsqlDbType.Text);
            await copy.WriteAsync(e.Use.Automation, NpgsqlDbType.Boolean);
            await copy.WriteAsync(e.Use.Minutes, NpgsqlDbType.Numeric);
            await copy.WriteAsync(e.Use.Features, NpgsqlDbType.Array | NpgsqlDbType.Text);
            await WriteOrNull(copy, e.Data, NpgsqlDbType.Jsonb);
            await WriteOrNull(copy, e.Extensions, NpgsqlDbType.Jsonb);
            CrashPoint.Reach("intake-row-copied");
        }

        await copy.CompleteAsync();
    }

    private static Task WriteOrNull<T>(NpgsqlBinaryImporter copy, T? value, NpgsqlDbType type) where T : class =>
        value is null ? copy.WriteNullAsync() : copy.WriteAsync(value, type);
}
