namespace CsPlatform.Renewals.Tests;

/// <summary>The tests of one running Renewals; one after another, since they move its clock.</summary>
[CollectionDefinition(nameof(RunningRenewals))]
public sealed class RunningRenewals : ICollectionFixture<RenewalsSystem>;
