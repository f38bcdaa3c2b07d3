using System.Globalization;
using System.Text.RegularExpressions;
using CsPlatform.Accounts.Figures;

namespace CsPlatform.Accounts.Table;

/// <summary>
/// The account now, or as it was known at a past moment. The moment is on the clock of recording: what had been
/// recorded by then, whenever it occurred.
/// </summary>
internal static partial class GetAccountEndpoint
{
    public static void MapGetAccount(this IEndpointRouteBuilder routes) => routes
        .MapGet("/v1/accounts/{id:guid}", Handle)
        .WithName("GetAccount").WithTags("Accounts")
        .WithSummary("An account now, or as it was")
        .WithDescription(
            "asOf: a past time on the clock of recording, RFC 3339 with an offset, e.g. 2026-01-31T12:00:00Z; "
            + "version: after that many events. At most one of the two. What other services work out is shown as of the "
            + "last day that stood by then. The ETag counts the account's own facts: what others add changes no ETag.")
        .ProducesProblem(StatusCodes.Status404NotFound)
        .Require(Permissions.ReadAccounts);

    private static async Task<Ok<AccountView>> Handle(
        Guid id, string? asOf, string? version, IQuerySession session, TimeProvider clock, HttpResponse response,
        CancellationToken ct)
    {
        var moment = Moment.Checked(asOf, version, clock.GetUtcNow());
        var events = session.Events;
        var row = await events.AggregateStreamAsync<AccountRow>(id, moment.Version ?? 0, moment.AsOf, token: ct);
        if (row is null && moment.Version is not null && await events.FetchStreamStateAsync(id, ct) is { } stream)
            throw new RefusedException("version-unknown", $"The account is at version {stream.Version}.", 404);
        if (row is null)
            throw RefusedException.Unknown("account");

        var figures = moment.AsOf is { } || moment.Version is { }
            ? await FigureTable.ReadAsOf(session, id, moment.AsOf ?? row.RecordedAt, ct)
            : await FigureTable.Read(session, id, ct);
        response.Headers.ETag = ETag.Of(row.Edition);
        return TypedResults.Ok(AccountView.Of(row, figures));
    }

    internal sealed partial record Moment(DateTimeOffset? AsOf, long? Version)
    {
        /// <exception cref="RefusedException">"invalid", 400: malformed, both, or a time to come.</exception>
        public static Moment Checked(string? asOf, string? version, DateTimeOffset now)
        {
            var check = new FieldCheck();
            DateTimeOffset? time = null;
            long? number = null;
            if (asOf is not null && version is not null)
                check.Refuse("asOf", "and version exclude each other");
            if (asOf is not null)
            {
                if (!Rfc3339().IsMatch(asOf)
                    || !DateTimeOffset.TryParse(asOf, CultureInfo.InvariantCulture, out var parsed))
                    check.Refuse("asOf", "is a time with an offset, e.g. 2026-01-31T12:00:00Z (write + as %2B)");
                else if (parsed > now)
                    check.Refuse("asOf", "is in the future");
                else
                    time = parsed.ToUniversalTime();
            }

            if (version is not null)
            {
                if (long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed)
                    && parsed > 0)
                    number = parsed;
                else
                    check.Refuse("version", "is a whole number from 1");
            }

            check.ThrowIfAny();
            return new Moment(time, number);
        }

        [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?(Z|[+-]\d\d:\d\d)$")]
        private static partial Regex Rfc3339();
    }
}
