using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using CsPlatform.Demo.Replaying;

namespace CsPlatform.Demo.OnlineRetail;

/// <summary>
/// The shop's customers as accounts, registered at their first order, and every order as one usage event.
/// </summary>
internal static class RetailFeed
{
    public const string System = "retail";
    public const string Source = "/retail/orders";
    public const string OrderType = "com.example.retail.order.placed";

    public static readonly DateOnly FirstDay = new(2010, 12, 1), Cut = new(2011, 6, 10);

    /// <param name="orders">Orders up to the cut; later ones are refused, so that none can slip in.</param>
    public static IReadOnlyList<ReplayDay> Days(IReadOnlyList<Order> orders)
    {
        var days = new ReplayDay[Cut.DayNumber - FirstDay.DayNumber + 1];
        for (var i = 0; i < days.Length; i++)
            days[i] = new(FirstDay.AddDays(i));
        var known = new HashSet<string>();
        foreach (var order in orders)
        {
            var index = DateOnly.FromDateTime(order.PlacedAt.UtcDateTime).DayNumber - FirstDay.DayNumber;
            if (index < 0 || index >= days.Length)
                throw new ArgumentException(
                    $"Order {order.Invoice} of {order.PlacedAt:u} is not between {FirstDay} and {Cut}.",
                    nameof(orders));
            var day = days[index];
            if (known.Add(order.Customer))
                day.Accounts.Add(new(AccountId(order), $"Customer {order.Customer}", System, order.Customer, Country: order.Country));
            day.Events.Add(new(order.Invoice, Source, OrderType, $"{System}/{order.Customer}", order.PlacedAt,
                order.Customer, Automation: false, order.ProductGroups, Minutes: 0));
        }
        return days;
    }

    /// <summary>
    /// Version 7 with the time of the first order; the rest from the customer's number, so that it is always the same.
    /// </summary>
    private static Guid AccountId(Order first)
    {
        Span<byte> bytes = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{System}/{first.Customer}"), bytes);
        BinaryPrimitives.WriteUInt64BigEndian(bytes,
            (ulong)first.PlacedAt.ToUnixTimeMilliseconds() << 16 | (uint)(bytes[6] << 8 | bytes[7]) & 0x0FFF | 0x7000);
        bytes[8] = (byte)(bytes[8] & 0x3F | 0x80);
        return new Guid(bytes[..16], bigEndian: true);
    }
}
