using CsCheck;
using CsPlatform.ServiceDefaults;
using static CsPlatform.Renewals.Tests.RenewalsSpec;

namespace CsPlatform.Renewals.Tests;

public sealed class PageTests
{
    private sealed record Other(decimal Score, string Name);

    [Fact]
    public void Cursor_reads_what_it_wrote() =>
        Gen.Select(Gen.Int[0, 3_000_000], Gen.Guid, Gen.Int, Gen.String).Sample((day, id, cents, name) =>
        {
            var place = new Place(DateOnly.FromDayNumber(day), id);
            Assert.Equal(place, Cursor.Read<Place>(Cursor.Of(place)));
            var other = new Other(cents / 100m, name.Replace('\0', ' '));
            Assert.Equal(other, Cursor.Read<Other>(Cursor.Of(other)));
        });

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("!!!")]
    [InlineData("MjAyNi0wMS0wMQ")]
    [InlineData("e30")]
    [InlineData("bnVsbA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void What_no_page_gave_is_refused(string text) => Refused("invalid", () => Cursor.Read<Place>(text));

    [Fact]
    public void Cursor_of_another_list_is_refused() =>
        Refused("invalid", () => Cursor.Read<Place>(Cursor.Of(new Other(1, "x"))));

    [Fact]
    public void Text_that_cannot_be_stored_is_refused()
    {
        Refused("invalid", () => Cursor.Read<Other>(Cursor.Of(new Other(1, "a\0b"))));
        Refused("invalid", () => Cursor.Read<Other>("eyJzY29yZSI6MSwibmFtZSI6Ilx1ZDgwMCJ9")); // {"score":1,"name":"\ud800"}
    }

    [Fact]
    public void Page_names_the_next_only_where_there_is_one()
    {
        Assert.Null(Page.Of([1, 2], 2, Shown).Next);
        var page = Page.Of([1, 2, 3], 2, Shown);
        Assert.Equal([1, 2], page.Items);
        Assert.Equal("2", page.Next);
        Assert.Equal(["1", "2"], page.Select(Shown).Items);

        static string Shown(int number) => $"{number}";
    }

    [Fact]
    public void Limit_has_bounds()
    {
        var limit = new Limit(UnlessAsked: 50, Max: 200);
        Assert.Equal((50, 1, 200), (limit.Of(null), limit.Of(1), limit.Of(200)));
        foreach (var asked in (int[])[int.MinValue, 0, 201, int.MaxValue])
            Refused("invalid", () => limit.Of(asked));
    }
}
