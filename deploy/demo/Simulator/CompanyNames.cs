namespace CsPlatform.Demo.Simulator;

/// <summary>Names of made-up customers. Each number has its own.</summary>
internal static class CompanyNames
{
    private static readonly string[] Firsts =
    [
        "Alder", "Birch", "Cedar", "Dunmore", "Elmfield", "Fairhaven", "Granby", "Harrow", "Inverleith", "Juniper",
        "Kestrel", "Linden", "Marlow", "Northgate", "Oakridge", "Pinecrest", "Quarry", "Rowan", "Silverdale", "Thornbury",
        "Underhill", "Valemount", "Westbrook", "Yarrow", "Zephyr",
    ];

    private static readonly string[] Seconds =
        ["Logistics", "Foods", "Textiles", "Instruments", "Outfitters", "Clinics", "Robotics", "Print", "Energy", "Furniture"];

    public static readonly string[] Industries =
        ["manufacturing", "retail", "logistics", "health care", "professional services", "energy", "food"];

    public static readonly string[] Countries = ["GB", "DE", "FR", "NL", "SE", "US", "CN", "ES"];

    /// <summary>Up to 250 names; the seed turns the list.</summary>
    public static string Draw(int number, ulong seed)
    {
        // 7 and 250 share no factor: every number lands on its own pair.
        var place = (int)(((ulong)number * 7 + seed % 250) % 250);
        return $"{Firsts[place % 25]} {Seconds[place / 25]}";
    }
}
