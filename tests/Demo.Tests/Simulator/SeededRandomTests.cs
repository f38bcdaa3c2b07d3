using CsPlatform.Demo.Simulator;

namespace CsPlatform.Demo.Tests.Simulator;

public sealed class SeededRandomTests
{
    [Fact]
    public void Draws_the_published_numbers_of_SplitMix64()
    {
        // The first three outputs of the reference implementation for the seed 1234567.
        var random = new SeededRandom(1234567);
        Assert.Equal(6457827717110365317UL, random.NextUInt64());
        Assert.Equal(3203168211198807973UL, random.NextUInt64());
        Assert.Equal(9817491932198370423UL, random.NextUInt64());
    }

    [Fact]
    public void Forks_do_not_depend_on_what_was_drawn_before()
    {
        var first = SeededRandom.For(1, 2, 3);
        first.NextUInt64();
        Assert.Equal(SeededRandom.For(1, 2, 3).NextUInt64(), SeededRandom.For(1, 2, 3).NextUInt64());
        Assert.NotEqual(SeededRandom.For(1, 2, 3).NextUInt64(), SeededRandom.For(1, 2, 4).NextUInt64());
        Assert.NotEqual(SeededRandom.For(1, 2, 3).NextUInt64(), SeededRandom.For(1, 3, 3).NextUInt64());
    }

    [Theory]
    [InlineData(0.704, 1.182)]
    [InlineData(0.668, 3.806)]
    public void Beta_has_its_mean(double a, double b)
    {
        var random = new SeededRandom(7);
        var mean = Enumerable.Range(0, 20_000).Average(_ => random.Beta(a, b));
        Assert.Equal(a / (a + b), mean, 0.01);
    }

    [Fact]
    public void Ids_are_of_version_7_and_carry_their_time()
    {
        var at = new DateTimeOffset(2025, 3, 1, 0, 0, 0, TimeSpan.Zero);
        var id = new SeededRandom(9).NextId(at);
        Assert.Equal(7, id.Version);
        Assert.Equal(at.ToUnixTimeMilliseconds(), Convert.ToInt64(id.ToString("N")[..12], 16));
    }
}
