using System.Reflection;
using CsPlatform.Accounts.Life;
using CsPlatform.Accounts.Table;
using JasperFx.Events;
using JasperFx.Events.Aggregation;

namespace CsPlatform.Accounts.Tests;

/// <summary>
/// Given these facts, the account and its row, folded as the store folds them but without a database.
/// </summary>
internal sealed record AccountSpec(IReadOnlyList<IAccountEvent> Facts)
{
    public static readonly Guid Id = Guid.Parse("018f0000-0000-7000-8000-000000000001");
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly AccountDetails Acme = new("Acme", "retail", 120, "DE", "emea", "Berlin", "pro", Tier.Stable);
    public static readonly AccountRegistered Registered = new(Id, Acme, Now.AddDays(-30));

    public static AccountSpec Given(params IAccountEvent[] facts) => new(facts);

    /// <summary>A registered account, then these facts.</summary>
    public static AccountSpec GivenAcme(params IAccountEvent[] facts) => new([Registered, .. facts]);

    public Account? MaybeState => Events.Aggregate((Account?)null, (state, e) => Evolver.Evolve(state!, Id, e));

    public Account State => MaybeState!;

    public AccountRow Row => Events.Aggregate(
        (AccountRow?)null, (row, e) => new AccountTableProjection().Evolve(row, Id, e))!;

    public IEnumerable<IEvent> Events => Facts.Select((fact, i) =>
    {
        var e = (IEvent)Activator.CreateInstance(typeof(Event<>).MakeGenericType(fact.GetType()), fact)!;
        e.Id = new Guid(i + 1, 0, 0, new byte[8]);
        e.StreamId = Id;
        e.Version = i + 1;
        e.Timestamp = Now.AddMinutes(i);
        e.UserName = "anna";
        return e;
    });

    /// <summary>The code that Marten's generator made for the store.</summary>
    private static readonly IGeneratedSyncEvolver<Account, Guid> Evolver =
        (IGeneratedSyncEvolver<Account, Guid>)Activator.CreateInstance(typeof(Account).Assembly
            .GetCustomAttributes<GeneratedEvolverAttribute>().Single(
                a => a.AggregateType == typeof(Account)).EvolverType)!;
}
