using System.Globalization;
using CsCheck;
using CsPlatform.Backbone;
using CsPlatform.Engagement.UsageEvents;

namespace CsPlatform.Engagement.Tests.UsageEvents;

public sealed class Rfc3339Tests
{
    [Theory]
    [InlineData("2026-03-01T10:00:00Z", "2026-03-01T10:00:00.0000000")]
    [InlineData("2026-03-01t10:00:00z", "2026-03-01T10:00:00.0000000")]
    [InlineData("2026-03-01T10:00:00.1234567891Z", "2026-03-01T10:00:00.1234560")]
    [InlineData("2026-03-01T10:00:00.5Z", "2026-03-01T10:00:00.5000000")]
    [InlineData("2026-03-01T10:00:00+05:30", "2026-03-01T04:30:00.0000000")]
    [InlineData("2026-03-01T10:00:00-14:01", "2026-03-02T00:01:00.0000000")]
    [InlineData("2026-03-01T10:00:00-00:00", "2026-03-01T10:00:00.0000000")]
    [InlineData("2016-12-31T23:59:60Z", "2016-12-31T23:59:59.9999990")]
    [InlineData("2024-02-29T00:00:00Z", "2024-02-29T00:00:00.0000000")]
    [InlineData("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.0000000")]
    [InlineData("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.9999990")]
    public void A_timestamp_is_read(string text, string utc)
    {
        Assert.True(Rfc3339.TryParse(text, out var time));
        Assert.Equal(utc, time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffff", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("")]
    [InlineData("lunchtime")]
    [InlineData("2026-03-01")]
    [InlineData("2026-03-01T10:00:00")]
    [InlineData("2026-03-01 10:00:00Z")]
    [InlineData("2026-03-01T10:00Z")]
    [InlineData("2026-3-01T10:00:00Z")]
    [InlineData("2026-02-30T10:00:00Z")]
    [InlineData("2025-02-29T10:00:00Z")]
    [InlineData("2026-13-01T10:00:00Z")]
    [InlineData("2026-03-01T24:00:00Z")]
    [InlineData("2026-03-01T10:60:00Z")]
    [InlineData("2026-03-01T10:00:61Z")]
    [InlineData("2026-03-01T10:00:00.Z")]
    [InlineData("2026-03-01T10:00:00,5Z")]
    [InlineData("2026-03-01T10:00:00X")]
    [InlineData("2026-03-01T10:00:00+1:00")]
    [InlineData("2026-03-01T10:00:00+24:00")]
    [InlineData("2026-03-01T10:00:00+xx:00")]
    [InlineData("2026-03-01T10:00:00+0100")]
    [InlineData("2026-03-01T10:00:00Zx")]
    [InlineData("10000-03-01T10:00:00Z")]
    [InlineData("-001-03-01T10:00:00Z")]
    [InlineData("0000-03-01T10:00:00Z")]
    [InlineData("0001-01-01T00:00:00+00:01")]
    [InlineData("9999-12-31T23:59:59-00:01")]
    [InlineData("２026-03-01T10:00:00Z")]
    public void Anything_else_is_not(string text) => Assert.False(Rfc3339.TryParse(text, out _));

    [Fact]
    public void Whatever_is_written_is_read_again() => Gen.DateTimeOffset.Sample(time =>
    {
        Assert.True(Rfc3339.TryParse(
            time.ToString("yyyy-MM-ddTHH:mm:ss.fffffffzzz", CultureInfo.InvariantCulture), out var read));
        Assert.Equal(time.WholeMicroseconds(), read);
    });

    [Fact]
    public void No_text_makes_it_fail() => Gen.String.Sample(text => Assert.False(Rfc3339.TryParse("x" + text, out _)));
}
