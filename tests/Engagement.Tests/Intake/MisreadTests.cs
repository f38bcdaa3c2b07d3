using CsPlatform.Backbone;
using Npgsql;

namespace CsPlatform.Engagement.Tests.Intake;

/// <summary>A fault of the client library (npgsql/npgsql#6391) must not become the caller's.</summary>
[Collection(nameof(EngagementSystem))]
public sealed class MisreadTests(EngagementSystem system)
{
    [Fact]
    public async Task A_statement_that_failed_while_it_was_prepared_and_is_misread_counts_as_an_outage()
    {
        await using var database = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(system.Platform.OwnerConnectionString("engagement"))
            {
                MaxPoolSize = 1,
                MaxAutoPrepare = 10,
                AutoPrepareMinUsages = 1,
            });
        await Assert.ThrowsAsync<PostgresException>(() => DivideAsync(database, 0));

        var misread = await Record.ExceptionAsync(() => DivideAsync(database, 1));

        Assert.NotNull(misread); // where this fails the fault is gone, and what Refusals says of it can go too
        Assert.True(Faults.IsOutage(misread), $"{misread}");
        Assert.Equal(10, await DivideAsync(database, 1));
    }

    private static async Task<int> DivideAsync(NpgsqlDataSource database, int by)
    {
        await using var connection = await database.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var transaction = await connection.BeginAsync(TestContext.Current.CancellationToken);
        await using var divide = new NpgsqlCommand("select 10 / $1", connection);
        divide.Parameters.Add(new() { Value = by });
        return (int)(await divide.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}
