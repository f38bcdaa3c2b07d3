using System.Text.Json;
using CsPlatform.Contracts;
using CsPlatform.Contracts.Health.V1;
using Npgsql;

namespace CsPlatform.Accounts.Figures;

/// <summary>
/// What other services have worked out of an account, as they told it last; a member that nobody has told is null.
/// </summary>
/// <param name="Score">Health, 0 to 100, higher is better.</param>
/// <param name="Band">green, yellow or red; null while too little is known.</param>
/// <param name="Drivers">What costs most of the score, the most first.</param>
/// <param name="ActiveDays">UTC days with use among 28.</param>
/// <param name="ActiveUsers">Distinct people in them.</param>
/// <param name="LastUseOn">The last UTC day with use.</param>
/// <param name="Nps">−100 to 100.</param>
/// <param name="Csat">The share of the two best answers of five, in percent.</param>
/// <param name="Ces">The mean on 1–7, 7 the easiest.</param>
/// <param name="AnsweredAt">When the newest answer of those was given, UTC.</param>
/// <param name="AnnualAmounts">Recurring amounts of a year of the contracts that run, one per currency.</param>
/// <param name="Seats">Licensed seats of the contracts that run.</param>
/// <param name="NextEndsOn">The last day of the contract that ends next.</param>
/// <param name="NoticeOn">The last day on which notice may be given for it.</param>
/// <param name="RenewalOpen">Whether a renewal is open.</param>
/// <param name="AsOf">When the newest of it was worked out, UTC.</param>
internal sealed record AccountFigures(
    decimal? Score, string? Band, IReadOnlyList<HealthDriver>? Drivers, int? ActiveDays, int? ActiveUsers,
    DateOnly? LastUseOn, decimal? Nps, decimal? Csat, decimal? Ces, DateTimeOffset? AnsweredAt,
    IReadOnlyList<Money>? AnnualAmounts, int? Seats, DateOnly? NextEndsOn, DateOnly? NoticeOn, bool? RenewalOpen,
    DateTimeOffset? AsOf)
{
    public static readonly AccountFigures None = new(
        null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);

    /// <summary>The columns of <see cref="Of"/>, of account_figures as f.</summary>
    public const string Columns = """
        f.score, f.band, f.drivers, f.active_days, f.active_users, f.last_use_on, f.nps, f.csat, f.ces,
        f.answered_at, f.annual_amounts, f.seats, f.next_ends_on, f.notice_on, f.renewal_open,
        greatest(f.health_as_of, f.use_as_of, f.voice_as_of, f.contracts_as_of)
        """;

    /// <summary>The same of account_figure_day as f, as far as it is kept by the day.</summary>
    public const string DayColumns = """
        f.score, f.band, null::jsonb, f.active_days, f.active_users, f.last_use_on, f.nps, f.csat, f.ces,
        null::timestamptz, f.annual_amounts, null::integer, f.next_ends_on, null::date, f.renewal_open, f.as_of
        """;

    /// <param name="row">With the columns from this one on.</param>
    /// <param name="first">The place of the first.</param>
    public static AccountFigures Of(NpgsqlDataReader row, int first)
    {
        return new(
            Value<decimal>(0), Text(1), Json<HealthDriver[]>(2), Value<int>(3), Value<int>(4), Value<DateOnly>(5),
            Value<decimal>(6), Value<decimal>(7), Value<decimal>(8), Value<DateTimeOffset>(9), Json<Money[]>(10),
            Value<int>(11), Value<DateOnly>(12), Value<DateOnly>(13), Value<bool>(14), Value<DateTimeOffset>(15));

        T? Value<T>(int column) where T : struct =>
            row.IsDBNull(first + column) ? null : row.GetFieldValue<T>(first + column);
        string? Text(int column) => row.IsDBNull(first + column) ? null : row.GetString(first + column);
        T? Json<T>(int column) where T : class =>
            Text(column) is { } json ? JsonSerializer.Deserialize<T>(json, JsonSerializerOptions.Web) : null;
    }
}
