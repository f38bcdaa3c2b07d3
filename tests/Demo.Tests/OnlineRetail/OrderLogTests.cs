using CsPlatform.Demo.OnlineRetail;

namespace CsPlatform.Demo.Tests.OnlineRetail;

public sealed class OrderLogTests
{
    private const string Header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";

    private static IReadOnlyList<Order> Read(string lines, DateOnly? from = null) =>
        OrderLog.Read(new StringReader(Header + lines), from ?? RetailFeed.FirstDay, RetailFeed.Cut);

    [Fact]
    public void Lines_of_an_invoice_are_one_order_with_its_product_groups()
    {
        var order = Assert.Single(Read("""
            536365,22423,"REGENCY ""3 TIER"", CAKESTAND",6,2010-12-01 08:27:00,2.55,17850.0,United Kingdom
            536365,85123A,HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
            536365,85099B,BAG,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
            536365,POST,POSTAGE,1,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
            """));
        Assert.Equal(("536365", "17850", "United Kingdom"), (order.Invoice, order.Customer, order.Country));
        Assert.Equal(new(2010, 12, 1, 8, 26, 0, TimeSpan.Zero), order.PlacedAt);
        Assert.Equal(["group-85", "group-22", "other"], order.ProductGroups);
    }

    [Fact]
    public void Cancellations_returns_and_nameless_customers_are_dropped() => Assert.Empty(Read("""
        C536379,22423,X,-1,2010-12-01 09:41:00,27.5,14527.0,United Kingdom
        536380,22423,X,0,2010-12-01 09:41:00,27.5,14527.0,United Kingdom
        536381,22423,X,1,2010-12-01 09:41:00,27.5,,United Kingdom
        """));

    [Fact]
    public void The_cut_is_inclusive_and_nothing_later_is_looked_at()
    {
        var orders = Read("""
            1,22423,X,1,2011-06-10 23:59:00,1,1.0,France
            2,22423,X,not a number,2011-06-11 00:00:00,1,1.0,France
            """);
        Assert.Equal("1", Assert.Single(orders).Invoice);
    }

    [Fact]
    public void A_later_order_is_refused_by_the_feed()
    {
        var order = new Order("1", "1", "France", new(2011, 6, 11, 0, 0, 0, TimeSpan.Zero), []);
        Assert.Throws<ArgumentException>(() => RetailFeed.Days([order]));
    }
}
