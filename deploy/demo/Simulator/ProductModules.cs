namespace CsPlatform.Demo.Simulator;

/// <summary>What the sample company sells: modules with their features.</summary>
internal static class ProductModules
{
    private static readonly Module[] All =
    [
        new("planning", ["planning.board", "planning.calendar", "planning.forecast", "planning.scenarios"]),
        new("orders", ["orders.entry", "orders.approval", "orders.returns"]),
        new("stock", ["stock.count", "stock.transfer", "stock.alerts"]),
        new("reports", ["reports.standard", "reports.designer", "reports.export", "reports.schedule"]),
        new("billing", ["billing.invoice", "billing.reminder"]),
        new("portal", ["portal.messages", "portal.files", "portal.tasks"]),
    ];

    public static readonly string AutomationFeature = "integration.sync";

    /// <summary>Planning and orders for all; the larger the customer, the more beside them.</summary>
    public static IReadOnlyList<Module> Draw(ref SeededRandom random, Segment segment)
    {
        var share = segment switch { Segment.Small => 0.25, Segment.Middle => 0.5, _ => 0.75 };
        var modules = new List<Module> { All[0], All[1] };
        foreach (var module in All.AsSpan(2))
            if (random.Chance(share))
                modules.Add(module);
        return modules;
    }
}
