using CsPlatform.Local;

namespace CsPlatform.Demo.Running;

internal sealed record DemoOptions(bool OnlineRetail, bool Stop, int? Days)
{
    public const string Help = """
        ./cs demo [online-retail] [options]     play a company's life through the running system, and see what it made of it

          (nothing)        a sample company of 220 customers over eighteen months, made by a seeded simulator
          online-retail    real orders of a wholesaler's 2,811 customers (UCI Online Retail, from the folder CSP_DATA or
                           ../shared/data)

          --stop           stop everything at the end (default: where there is a terminal, it runs on for you to use)
          --days <n>       play the first n days only
        """;

    /// <exception cref="LocalException">Words that mean nothing here.</exception>
    public static DemoOptions Parse(IReadOnlyList<string> arguments, bool hasTerminal)
    {
        var options = new DemoOptions(OnlineRetail: false, Stop: !hasTerminal, Days: null);
        for (var i = 0; i < arguments.Count; i++)
            options = arguments[i] switch
            {
                "online-retail" => options with { OnlineRetail = true },
                "--stop" => options with { Stop = true },
                "--days" when i + 1 < arguments.Count && int.TryParse(arguments[i + 1], out var days) && days > 0 && ++i > 0 =>
                    options with { Days = days },
                var unknown => throw new LocalException($"'{unknown}' means nothing to the demo.\n\n{Help}"),
            };
        return options;
    }
}
