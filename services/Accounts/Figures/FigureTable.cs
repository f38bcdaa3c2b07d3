using System.Data.Common;
using System.Text.Json;
using CsPlatform.Contracts.Engagement.V1;
using CsPlatform.Contracts.Feedback.V1;
using CsPlatform.Contracts.Health.V1;
using CsPlatform.Contracts.Renewals.V1;
using Npgsql;

namespace CsPlatform.Accounts.Figures;

/// <summary>
/// Keeps what notices tell: of each account and service what came with the highest version, and for each day what it
/// was at its end. Repeats and wrong order leave the same lines.
/// </summary>
internal sealed class FigureTable(NpgsqlDataSource database)
{
    public Task Write(HealthFiguresChanged notice, CancellationToken ct) => Write(
        "health", notice.AsOf, notice.Version, notice.Accounts.Select(a => a.AccountId), ct,
        ("score", "numeric", true, notice.Accounts.Select(a => a.Score).ToArray()),
        ("band", "text", true, notice.Accounts.Select(a => a.Band).ToArray()),
        ("drivers", "jsonb", false, notice.Accounts.Select(a => Json(a.Drivers)).ToArray()));

    public Task Write(UseFiguresChanged notice, CancellationToken ct) => Write(
        "use", notice.AsOf, notice.Version, notice.Accounts.Select(a => a.AccountId), ct,
        ("active_days", "integer", true, notice.Accounts.Select(a => a.ActiveDays).ToArray()),
        ("active_users", "integer", true, notice.Accounts.Select(a => a.ActiveUsers).ToArray()),
        ("last_use_on", "date", true, notice.Accounts.Select(a => a.LastUseOn).ToArray()));

    public Task Write(VoiceFiguresChanged notice, CancellationToken ct) => Write(
        "voice", notice.AsOf, notice.Version, notice.Accounts.Select(a => a.AccountId), ct,
        ("nps", "numeric", true, notice.Accounts.Select(a => a.Nps).ToArray()),
        ("csat", "numeric", true, notice.Accounts.Select(a => a.Csat).ToArray()),
        ("ces", "numeric", true, notice.Accounts.Select(a => a.Ces).ToArray()),
        ("answered_at", "timestamptz", false, notice.Accounts.Select(a => a.NewestAt?.ToUniversalTime()).ToArray()));

    public Task Write(ContractFiguresChanged notice, CancellationToken ct) => Write(
        "contracts", notice.AsOf, notice.Version, notice.Accounts.Select(a => a.AccountId), ct,
        ("annual_amounts", "jsonb", true, notice.Accounts.Select(a => Json(a.AnnualAmounts)).ToArray()),
        ("seats", "integer", false, notice.Accounts.Select(a => a.Seats).ToArray()),
        ("next_ends_on", "date", true, notice.Accounts.Select(a => a.NextEndsOn).ToArray()),
        ("notice_on", "date", false, notice.Accounts.Select(a => a.NoticeOn).ToArray()),
        ("renewal_open", "boolean", true, notice.Accounts.Select(a => a.RenewalOpen).ToArray()));

    /// <summary>What is known of the account now.</summary>
    public static Task<AccountFigures> Read(IQuerySession session, Guid id, CancellationToken ct) => One(
        session, new($"select {AccountFigures.Columns} from accounts.account_figures f where f.account_id = $1")
        {
            Parameters = { new() { Value = id } },
        }, ct);

    /// <summary>
    /// What was known of it at a moment: of the last day whose line had not changed after it, so a day that was under
    /// way counts only once it stood.
    /// </summary>
    public static Task<AccountFigures> ReadAsOf(
        IQuerySession session, Guid id, DateTimeOffset asOf, CancellationToken ct) => One(
        session, new($"""
            select {AccountFigures.DayColumns} from accounts.account_figure_day f
            where f.account_id = $1 and f.as_of <= $2 order by f.day desc limit 1
            """)
        {
            Parameters = { new() { Value = id }, new() { Value = asOf.ToUniversalTime() } },
        }, ct);

    private static async Task<AccountFigures> One(IQuerySession session, NpgsqlCommand command, CancellationToken ct)
    {
        await using (command)
        {
            await using DbDataReader row = await session.ExecuteReaderAsync(command, ct);
            return await row.ReadAsync(ct) ? AccountFigures.Of((NpgsqlDataReader)row, 0) : AccountFigures.None;
        }
    }

    private async Task Write(
        string of, DateTimeOffset asOf, long version, IEnumerable<Guid> accountIds, CancellationToken ct,
        params (string Column, string Type, bool ByDay, Array Values)[] figures)
    {
        string Each(Func<string, string> write) => string.Join(", ", figures.Select(f => write(f.Column)));
        await using var connection = await database.OpenConnectionAsync(ct);
        // One statement, one transaction. In the order of accounts, so that two notices do not wait for each other.
        await using var write = new NpgsqlCommand($"""
            with told as (
              insert into accounts.account_figures as f
                (account_id, {Each(c => c)}, {of}_as_of, {of}_version)
              select account_id, {Each(c => c)}, @as_of, @version
              from unnest(@ids, {Each(c => $"@{c}")}) as t (account_id, {Each(c => c)}) order by account_id
              on conflict (account_id) do update
                set {Each(c => $"{c} = excluded.{c}")}, {of}_as_of = excluded.{of}_as_of,
                  {of}_version = excluded.{of}_version
                where f.{of}_version < excluded.{of}_version
              returning *
            )
            insert into accounts.account_figure_day as d (account_id, day, as_of, score, band, active_days, active_users,
              last_use_on, nps, csat, ces, annual_amounts, next_ends_on, renewal_open)
            select account_id, (@as_of at time zone 'UTC')::date, @as_of, score, band, active_days, active_users,
              last_use_on, nps, csat, ces, annual_amounts, next_ends_on, renewal_open from told
            on conflict (account_id, day) do update
              set as_of = greatest(d.as_of, excluded.as_of),
                {string.Join(", ", figures.Where(f => f.ByDay).Select(f => $"{f.Column} = excluded.{f.Column}"))}
            """, connection);
        write.Parameters.AddWithValue("ids", accountIds.ToArray());
        write.Parameters.AddWithValue("as_of", asOf.ToUniversalTime());
        write.Parameters.AddWithValue("version", version);
        foreach (var (column, type, _, values) in figures)
            write.Parameters.Add(new(column, values) { DataTypeName = $"{type}[]" });
        await write.ExecuteNonQueryAsync(ct);
        CrashPoint.Reach("figures-written");
    }

    private static string Json<T>(T value) => JsonSerializer.Serialize(value, JsonSerializerOptions.Web);
}
