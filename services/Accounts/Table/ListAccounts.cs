using CsPlatform.Accounts.Figures;
using CsPlatform.Accounts.Life;
using Npgsql;

namespace CsPlatform.Accounts.Table;

/// <summary>The customer table, by name then id. A little behind the writers: it is kept by the daemon.</summary>
/// <param name="Stage">A journey stage (churned accounts left out), escalation or churned.</param>
/// <param name="Band">green, yellow or red.</param>
/// <param name="CsmId">The responsible CSM's user id.</param>
/// <param name="Tier">vip, potential, stable or atRisk.</param>
/// <param name="Country">Exactly as recorded.</param>
/// <param name="Search">Part of the name or of an external key, in any case.</param>
/// <param name="After">The cursor of the page before.</param>
/// <param name="Limit">Accounts of the page.</param>
internal sealed record ListAccounts(
    string? Stage, string? Band, string? CsmId, string? Tier, string? Country, string? Search, string? After,
    int? Limit);

internal static class ListAccountsEndpoint
{
    private static readonly Limit Limit = new(UnlessAsked: 50, Max: 500);
    private static readonly string[] Bands = ["green", "yellow", "red"];

    private sealed record Place(string Name, Guid Id);

    public static void MapListAccounts(this IEndpointRouteBuilder routes) => routes
        .MapGet("/v1/accounts", Handle)
        .WithName(nameof(ListAccounts)).WithSummary("The customer table: filters, search, pages").WithTags("Accounts")
        .WithMetadata(Limit)
        .Require(Permissions.ReadAccounts);

    private static async Task<Ok<Page<AccountView>>> Handle(
        [AsParameters] ListAccounts query, IQuerySession session, CancellationToken ct)
    {
        var limit = Limit.Of(query.Limit);
        var after = Cursor.Read<Place>(query.After);
        var check = new FieldCheck();
        var stage = check.Choice<Stage>(query.Stage, "stage");
        var tier = check.Choice<Tier>(query.Tier, "tier");
        check.Must(query.Band is null || Bands.Contains(query.Band), "band", $"is one of {string.Join(", ", Bands)}");
        var csmId = check.Optional(query.CsmId, "csmId", Account.CsmIdMaxLength);
        var country = check.Optional(query.Country, "country", AccountDetails.MaxLength);
        var search = check.Optional(query.Search, "search", AccountDetails.MaxLength)?.ToLowerInvariant();
        check.ThrowIfAny();

        await using var command = new NpgsqlCommand { Parameters = { new("limit", limit + 1) } };
        var where = new List<string>();
        if (stage is { } entered)
            Where(entered is Stage.Escalation or Stage.Churned
                ? "d.data ->> 'sideState' = @stage"
                : "d.stage = @stage and (d.data ->> 'sideState' is null or d.data ->> 'sideState' = 'Escalation')",
                "stage", $"{entered}");
        if (query.Band is { } band)
            Where("f.band = @band", "band", band);
        if (csmId is not null)
            Where("d.csm_id = @csm", "csm", csmId);
        if (tier is { } of)
            Where("d.data -> 'details' ->> 'tier' = @tier", "tier", $"{of}");
        if (country is not null)
            Where("d.data -> 'details' ->> 'country' = @country", "country", country);
        if (search is not null)
            Where("strpos(d.data ->> 'searchText', @search) > 0", "search", search);
        if (after is not null)
        {
            Where("(d.sort_name, d.id) > (@name, @id)", "name", after.Name);
            command.Parameters.AddWithValue("id", after.Id);
        }

        command.CommandText = $"""
            select d.data, {AccountFigures.Columns} from accounts.mt_doc_account_row d
            left join accounts.account_figures f on f.account_id = d.id
            {(where.Count == 0 ? "" : $"where {string.Join(" and ", where)}")}
            order by d.sort_name, d.id limit @limit
            """;
        var found = await Read(session, command, ct);
        return TypedResults.Ok(
            Page.Of(found, limit, r => Cursor.Of(new Place(r.Row.SortName, r.Row.Id)))
                .Select(r => AccountView.Of(r.Row, r.Figures)));

        void Where(string condition, string parameter, object value)
        {
            where.Add(condition);
            command.Parameters.AddWithValue(parameter, value);
        }
    }

    private static async Task<IReadOnlyList<(AccountRow Row, AccountFigures Figures)>> Read(
        IQuerySession session, NpgsqlCommand command, CancellationToken ct)
    {
        var serializer = session.DocumentStore.Options.Serializer();
        List<(AccountRow, AccountFigures)> found = [];
        await using var row = (NpgsqlDataReader)await session.ExecuteReaderAsync(command, ct);
        while (await row.ReadAsync(ct))
            found.Add((serializer.FromJson<AccountRow>(row, 0), AccountFigures.Of(row, 1)));
        return found;
    }
}
