using CsPlatform.Health.Models;
using CsPlatform.Health.Scoring;
using CsPlatform.ServiceDefaults;

namespace CsPlatform.Health.Tests.Models;

public sealed class PublishModelTests
{
    private static readonly ScoreModel First = DefaultModel.Version1;
    private static readonly ModelHistory History = new HealthSpec().Models;

    [Fact]
    public void The_next_version_follows_and_the_first_stays_as_it_was()
    {
        var published = Assert.Single(Command().Decide(History, HealthSpec.Start));

        var after = History.Apply(HealthSpec.Published(published.Model, published.Reason));
        Assert.Equal((2, "Because", "admin"), (after.Current.Version, after.Versions[1].Reason, after.Versions[1].By));
        Assert.Same(First, after.Version(1));
    }

    [Fact]
    public void The_default_model_keeps_its_own_rules() => Assert.Empty(FaultsOf(Command()));

    [Fact]
    public void A_model_that_contradicts_itself_is_refused_with_the_places()
    {
        var contradicted = Command() with
        {
            Reason = "",
            Bands = new BandEdges(40, 66, 70, 45),
            Measures = [First.Measures[0] with { Curve = [new(1, 0), new(1, 120)] }, First.Measures[0]],
        };

        Assert.Equal(["bands", "measures", "measures[0]", "reason"], FaultsOf(contradicted).Order());
    }

    [Theory]
    [InlineData(182, int.MaxValue, 1)]
    [InlineData(int.MaxValue, int.MaxValue, 1)]
    [InlineData(182, 0, int.MaxValue)]
    public void Numbers_so_great_that_reckoning_with_them_would_overflow_are_refused(
        int windowDays, int baselineDays, int minimumFacts)
    {
        var measure = First.Measures[0] with { WindowDays = windowDays, BaselineDays = baselineDays, MinimumFacts = minimumFacts };

        Assert.Equal(["measures[0]"], FaultsOf(Command() with { Measures = [measure] }));
    }

    private static IEnumerable<string> FaultsOf(PublishModel command)
    {
        var check = new FieldCheck();
        command.Checked(check);
        return check.Errors.Keys;
    }

    private static PublishModel Command() => new(
        "Because", "Second", First.CoverageFloor, First.StoreStep, First.Measures, First.Bands, First.Alerts);
}
