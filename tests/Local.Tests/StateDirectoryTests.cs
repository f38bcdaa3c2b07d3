using System.Net.Sockets;

namespace CsPlatform.Local.Tests;

public sealed class StateDirectoryTests : IDisposable
{
    private readonly StateDirectory state = new(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()));

    [Fact]
    public void A_port_is_remembered_by_the_next_start()
    {
        var port = state.Port("accounts");

        Assert.Equal(port, new StateDirectory(state.Root).Port("accounts"));
        Assert.Equal(port, new StateDirectory(state.Root).KnownPort("accounts"));
        Assert.NotEqual(port, state.Port("health"));
    }

    [Fact]
    public void A_port_that_a_stranger_took_is_given_up()
    {
        var port = state.Port("accounts");
        using var stranger = new TcpListener(IPAddress.Loopback, port);
        stranger.Start();

        var other = state.Port("accounts");

        Assert.NotEqual(port, other);
        Assert.Equal(other, state.KnownPort("accounts"));
    }

    [Fact]
    public void A_port_that_was_chosen_is_kept_from_others_before_anybody_listens_on_it() =>
        Assert.False(StateDirectory.Reserve(state.Port("accounts")));

    [Fact]
    public void A_secret_is_made_once_and_belongs_to_its_owner_alone()
    {
        var secret = state.Secret("postgres");

        Assert.Equal(secret, new StateDirectory(state.Root).Secret("postgres"));
        Assert.NotEqual(secret, state.Secret("rabbitmq"));
        Assert.All(Directory.GetFiles(state.Root), file =>
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }

    public void Dispose() => state.Delete();
}
