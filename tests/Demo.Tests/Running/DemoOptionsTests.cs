using CsPlatform.Demo.Running;
using CsPlatform.Local;

namespace CsPlatform.Demo.Tests.Running;

public sealed class DemoOptionsTests
{
    [Fact]
    public void At_a_terminal_the_system_runs_on() =>
        Assert.Equal(new(OnlineRetail: false, Stop: false, Days: null), DemoOptions.Parse([], hasTerminal: true));

    [Fact]
    public void Without_a_terminal_everything_is_stopped() =>
        Assert.Equal(
            new(OnlineRetail: true, Stop: true, Days: 7),
            DemoOptions.Parse(["online-retail", "--days", "7"], hasTerminal: false));

    [Fact]
    public void Stop_stops() => Assert.True(DemoOptions.Parse(["--stop"], hasTerminal: true).Stop);

    [Theory]
    [InlineData("online-sales")]
    [InlineData("--days")]
    public void Unknown_words_are_refused(string word) =>
        Assert.Throws<LocalException>(() => DemoOptions.Parse([word], hasTerminal: true));
}
