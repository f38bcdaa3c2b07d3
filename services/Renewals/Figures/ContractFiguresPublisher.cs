using CsPlatform.Contracts;
using Npgsql;
using V1 = CsPlatform.Contracts.Renewals.V1;

namespace CsPlatform.Renewals.Figures;

/// <summary>Tells what accounts' contracts come to.</summary>
internal static class ContractFiguresPublisher
{
    /// <summary>A term begins on its first day, and is over on the day after its last.</summary>
    private const string Turning = """
        select account_id from renewals.mt_doc_contract
        where ends_on + 1 > @after and ends_on + 1 <= @today or starts_on > @after and starts_on <= @today
        """;

    public static void AddContractFigures(this IHostApplicationBuilder builder) =>
        builder.AddFigureNotices("renewals", Read, Turning);

    private static async Task<object?> Read(
        NpgsqlConnection connection, Guid[] accountIds, DateTimeOffset asOf, long version, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("""
            select c.account_id, c.starts_on, c.ends_on, (c.data -> 'annualAmount' ->> 'amount')::numeric,
              c.data -> 'annualAmount' ->> 'currency', (c.data ->> 'seats')::int,
              (c.data ->> 'noticePeriodDays')::int, c.data ->> 'successorId' is not null,
              coalesce(r.status = 'Open', false)
            from renewals.mt_doc_contract c
            left join renewals.mt_doc_renewal r on r.id = (c.data ->> 'renewalId')::uuid
            where c.account_id = any($1)
            """, connection);
        command.Parameters.Add(new() { Value = accountIds });
        List<(Guid AccountId, AccountContract Contract)> found = [];
        await using (var row = await command.ExecuteReaderAsync(ct))
            while (await row.ReadAsync(ct))
                found.Add((row.GetGuid(0), new(
                    row.GetFieldValue<DateOnly>(1), row.GetFieldValue<DateOnly>(2),
                    new Money(row.GetDecimal(3), row.GetString(4)), row.GetInt32(5),
                    row.IsDBNull(6) ? null : row.GetInt32(6), row.GetBoolean(7), row.GetBoolean(8))));
        var contracts = found.ToLookup(c => c.AccountId, c => c.Contract);
        var today = DateOnly.FromDateTime(asOf.UtcDateTime);
        return new V1.ContractFiguresChanged(
            [.. accountIds.Select(id => AccountContracts.Figures(id, [.. contracts[id]], today))], asOf, version);
    }
}
