using System.Text;
using CsPlatform.Accounts.Import;
using CsPlatform.Accounts.Life;
using CsPlatform.ServiceDefaults;

namespace CsPlatform.Accounts.Tests.Import;

public class ImportFileTests
{
    private const string Header = "name,industry,employees,key:crm\n";

    [Fact]
    public void A_row_is_read_by_the_header()
    {
        var row = Assert.Single(Read("Key:CRM, name ,TIER,csmId\n 0042 ,\"Acme, \"\"Inc\"\"\",atRisk,anna\n")).Row!;

        Assert.Equal(("Acme, \"Inc\"", Tier.AtRisk, "anna", 2), (row.Details.Name, row.Details.Tier, row.CsmId, row.Line));
        Assert.Equal([new ExternalKey("crm", "0042")], row.Keys);
    }

    [Fact]
    public void An_empty_cell_says_nothing() => Assert.Null(Read(Header + "Acme,, ,1\n")[0].Row!.Details.Industry);

    [Fact]
    public void A_byte_order_mark_and_blank_lines_are_passed_over() =>
        Assert.Equal(4, Assert.Single(Read("\ufeff" + Header + "\n\r\nAcme,,,1\r\n")).Row!.Line);

    [Theory]
    [InlineData("\"Acme,it,1,1", "quotes-invalid")]
    [InlineData("Ac\"me\",it,1,1", "quotes-invalid")]
    [InlineData("\"Acme\"x,it,1,1", "quotes-invalid")]
    [InlineData("5\" pipes,it,1,1", "quotes-invalid")]
    [InlineData("Acme,it,1", "cell-count")]
    [InlineData("Acme,it,1,1,1", "cell-count")]
    [InlineData("Acme,it,many,1", "cell-invalid")]
    [InlineData("Acme,it,-1,1", "cell-invalid")]
    [InlineData("Acme,it,99999999999999999999,1", "cell-invalid")]
    [InlineData("Ac\0me,it,1,1", "cell-invalid")]
    [InlineData("\"Ac\nme\",it,1,1", "cell-invalid")]
    [InlineData("=cmd|'/c calc'!A1,it,1,1", "formula-like")]
    [InlineData("Acme,@SUM(1),1,1", "formula-like")]
    [InlineData("Acme,it,1,+1", "formula-like")]
    [InlineData("Acme,\"\t-1\",1,1", "formula-like")]
    public void A_bad_row_harms_no_neighbour(string bad, string code)
    {
        var rows = Read($"{Header}Before,it,1,1\n{bad}\n\"After, Inc\",it,1,2\nLast,it,1,3\n");

        Assert.Equal([null, code, null, null], rows.Select(r => r.Refused?.Code));
        Assert.Equal(3, rows[1].Refused!.Line);
        Assert.Equal(["Before", "After, Inc", "Last"], rows.Where(r => r.Row is not null).Select(r => r.Row!.Details.Name));
    }

    [Fact]
    public void Bytes_that_are_not_utf8_refuse_their_row_only()
    {
        byte[] bytes = [.. Encoding.UTF8.GetBytes(Header + "Möwe,it,1,1\nM"), 0xf6, .. "we,it,1,2\n纷享,it,1,3\n"u8];

        Assert.Equal([null, "encoding-invalid", null], ImportFile.Read(bytes, new()).Select(r => r.Refused?.Code));
    }

    [Fact]
    public void A_cell_of_a_hundred_thousand_characters_is_refused_without_showing_it()
    {
        var rows = Read($"{Header}{new string('x', 100_000)},it,1,1\nAcme,it,1,2\n");

        Assert.Equal("cell-invalid", rows[0].Refused!.Code);
        Assert.True(rows[0].Refused!.Detail!.Length < 200);
        Assert.NotNull(rows[1].Row);
    }

    [Fact]
    public void An_open_quote_on_every_line_stays_cheap_and_refuses_each()
    {
        var rows = Read(Header + string.Concat(Enumerable.Repeat("\"Acme,it,1,1\n", 5000)));

        Assert.All(rows, r => Assert.Equal("quotes-invalid", r.Refused!.Code));
        Assert.Equal(5000, rows.Count);
    }

    [Theory]
    [InlineData("", "csv-empty")]
    [InlineData("\n \n", "csv-empty")]
    [InlineData("name,colour\nAcme,red\n", "csv-header")]
    [InlineData("name,Name\nAcme,Acme\n", "csv-header")]
    [InlineData("industry\nit\n", "csv-header")]
    [InlineData("name,key:\nAcme,1\n", "csv-header")]
    [InlineData("name,key:a/b\nAcme,1\n", "csv-header")]
    [InlineData("name;industry\nAcme;it\n", "csv-header")]
    [InlineData("\"name,industry\nAcme,it\n", "csv-header")]
    public void A_header_that_says_nothing_clear_refuses_the_file(string text, string code) =>
        Assert.Equal(code, Assert.Throws<RefusedException>(() => Read(text)).Code);

    [Fact]
    public void More_columns_than_an_account_can_have_refuse_the_file()
    {
        Assert.Empty(Read(Columns(108)));
        Assert.Equal("csv-header", Assert.Throws<RefusedException>(() => Read(Columns(109))).Code);

        static string Columns(int keys) => "name" + string.Concat(
            Enumerable.Range(0, keys).Select(i => $",key:s{i}")) + "\n";
    }

    [Fact]
    public void Utf16_is_named() => Assert.Equal("csv-encoding", Assert.Throws<RefusedException>(
        () => ImportFile.Read([.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(Header)], new())).Code);

    [Fact]
    public void More_rows_than_allowed_refuse_the_file()
    {
        var file = Encoding.UTF8.GetBytes(Header + "A,,,1\nB,,,2\nC,,,3\n");

        Assert.Equal(3, ImportFile.Read(file, new(MaxRows: 3)).Count);
        var refused = Assert.Throws<RefusedException>(() => ImportFile.Read(file, new(MaxRows: 2)));
        Assert.Equal(("csv-too-many-rows", 413), (refused.Code, refused.Status));
    }

    [Fact]
    public void The_same_file_makes_the_same_ids_and_another_file_others()
    {
        var ids = Ids("A,,,1\nB,,,2\n");

        Assert.Equal(ids, Ids("A,,,1\nB,,,2\n"));
        Assert.Empty(ids.Intersect(Ids("A,,,1\nB,,,3\n")));
        Assert.Equal(2, ids.Distinct().Count());

        static List<Guid> Ids(string rows) => [.. Read(Header + rows).Select(r => r.Row!.NewId)];
    }

    private static IReadOnlyList<FileRow> Read(string text) => ImportFile.Read(Encoding.UTF8.GetBytes(text), new());
}
