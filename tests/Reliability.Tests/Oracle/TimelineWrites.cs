namespace CsPlatform.Reliability.Tests.Oracle;

/// <summary>
/// Counts, by a trigger, how often rows of Accounts' timeline are written from now on: a row that is written twice
/// looks like one that is written once.
/// </summary>
internal sealed class TimelineWrites : IAsyncDisposable
{
    private readonly ReliabilitySystem system;
    private long from;

    private TimelineWrites(ReliabilitySystem system) => this.system = system;

    public static async Task<TimelineWrites> CountAsync(ReliabilitySystem system)
    {
        var writes = new TimelineWrites(system);
        await writes.ExecuteAsync("""
            create table accounts.timeline_write (id uuid not null);
            create function accounts.count_timeline_write() returns trigger language plpgsql security definer as $$
            begin
              insert into accounts.timeline_write values (new.id); -- undone with the page
              return new;
            end $$;
            create trigger count_write after insert or update on accounts.mt_doc_timeline_entry
              for each row execute function accounts.count_timeline_write();
            """);
        writes.from = await writes.ReadAsync("select max(seq_id) from accounts.mt_events");
        return writes;
    }

    /// <summary>Writes, rows and events since then.</summary>
    public async Task<(long Writes, long Rows, long Events)> CountedAsync() => (
        await ReadAsync("select count(*) from accounts.timeline_write"),
        await ReadAsync($"""
            select count(*) from accounts.mt_doc_timeline_entry t join accounts.mt_events e on e.id = t.id
             where e.seq_id > {from}
            """),
        await ReadAsync($"select count(*) from accounts.mt_events where seq_id > {from}"));

    public async ValueTask DisposeAsync() => await ExecuteAsync("""
        drop trigger count_write on accounts.mt_doc_timeline_entry;
        drop function accounts.count_timeline_write();
        drop table accounts.timeline_write
        """);

    private async Task ExecuteAsync(string sql)
    {
        await using var command = system.Database("accounts").CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<long> ReadAsync(string sql)
    {
        await using var command = system.Database("accounts").CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
