using CsPlatform.Backbone;
using Marten;
using Microsoft.Extensions.Logging.Abstractions;

namespace CsPlatform.Accounts.Tests;

[Collection("One service, one test at a time")]
public sealed class DueWorkTests(AccountsSystem system) : IAsyncLifetime
{
    private const string Kind = "test";
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly DocumentStore store = new(OptionsOf(system));

    public async ValueTask InitializeAsync()
    {
        await using var session = store.LightweightSession();
        session.QueueSqlCommand("delete from accounts.due_work where kind = ?", Kind);
        await session.SaveChangesAsync();
    }

    public async ValueTask DisposeAsync() => await store.DisposeAsync();

    [Fact]
    public async Task What_is_due_is_done_once_the_earliest_first_and_what_is_not_stays()
    {
        var items = await Given(-3, -1, -2, 1);

        Assert.Equal([items[0], items[2], items[1]], await Done());
        Assert.Empty(await Done());
        Assert.Equal([items[3]], await Done(until: Now.AddHours(1)));
    }

    [Fact]
    public async Task One_that_fails_stays_due_and_holds_up_none_behind_it()
    {
        var items = await Given(-3, -2, -1);

        Assert.Equal([items[0], items[2]], await Done(failing: items[1]));
        Assert.Equal([items[1]], await Done());
    }

    [Fact]
    public async Task Runs_at_the_same_time_share_what_is_due()
    {
        var items = await Given([.. Enumerable.Range(1, 40).Select(i => -i)]);

        var done = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Done()));

        Assert.Equal(items.Order(), done.SelectMany(d => d).Order());
    }

    [Fact]
    public async Task An_item_that_its_own_work_puts_off_falls_due_again()
    {
        var items = await Given(-1);

        await Run(Now, (session, item, _) =>
        {
            session.FallsDue(Kind, item, Now.AddHours(5));
            return Task.CompletedTask;
        });

        Assert.Empty(await Done());
        Assert.Equal(items, await Done(until: Now.AddHours(5)));
    }

    private async Task<List<Guid>> Done(DateTimeOffset? until = null, Guid? failing = null)
    {
        List<Guid> done = [];
        await Run(until ?? Now, (_, item, _) =>
        {
            if (item == failing)
                throw new InvalidOperationException("It failed.");
            done.Add(item);
            return Task.CompletedTask;
        });
        return done;
    }

    private Task<int> Run(DateTimeOffset until, Func<IDocumentSession, Guid, CancellationToken, Task> work) =>
        new DueWork(new Sessions(store), "accounts", NullLogger<DueWork>.Instance).Run(
            Kind, until, work, TestContext.Current.CancellationToken);

    private async Task<List<Guid>> Given(params int[] hours)
    {
        List<Guid> items = [];
        await using var session = store.LightweightSession();
        foreach (var hour in hours)
        {
            items.Add(Guid.CreateVersion7(Now));
            session.FallsDue(Kind, items[^1], Now.AddHours(hour));
        }
        await session.SaveChangesAsync();
        return items;
    }

    private static StoreOptions OptionsOf(AccountsSystem system)
    {
        var options = EventStore.Options("accounts", _ => { }, TimeProvider.System);
        options.Connection(system.Platform.OwnerConnectionString("accounts"));
        options.AutoCreateSchemaObjects = JasperFx.AutoCreate.None;
        return options;
    }

    private sealed class Sessions(IDocumentStore store) : ISessionFactory
    {
        public IQuerySession QuerySession() => store.QuerySession();

        public IDocumentSession OpenSession() => store.LightweightSession();
    }
}
