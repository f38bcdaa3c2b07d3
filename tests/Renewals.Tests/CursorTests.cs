using CsCheck;
using static CsPlatform.Renewals.Tests.RenewalsSpec;

namespace CsPlatform.Renewals.Tests;

public sealed class CursorTests
{
    [Fact]
    public void Cursor_reads_what_it_wrote() =>
        Gen.Select(Gen.Int[0, 3_000_000], Gen.Guid).Sample((day, id) =>
        {
            var cursor = new Cursor(DateOnly.FromDayNumber(day), id);
            Assert.Equal(cursor, Cursor.Parse(cursor.ToString()));
        });

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("!!!")]
    [InlineData("MjAyNi0wMS0wMQ")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void What_no_page_gave_is_refused(string text) => Refused("invalid", () => Cursor.Parse(text));

    [Fact]
    public void Page_names_the_next_only_where_there_is_one()
    {
        Assert.Null(Page<int>.Of([1, 2], 2, Day).Next);
        var page = Page<int>.Of([1, 2, 3], 2, Day);
        Assert.Equal([1, 2], page.Items);
        Assert.Equal(Day(2).ToString(), page.Next);

        static Cursor Day(int number) => new(DateOnly.FromDayNumber(number), Guid.Empty);
    }
}
