namespace CsPlatform.Local.Verbs;

/// <summary>What follows a verb: words, options with a value (<c>--name value</c>, repeatable) and flags.</summary>
internal sealed class Arguments
{
    private readonly List<string> words = [];
    private readonly List<(string Name, string Value)> values = [];
    private readonly HashSet<string> flags = [];

    private Arguments()
    {
    }

    public IReadOnlyList<string> Words => words;

    /// <exception cref="LocalException">An option that the verb does not have, or one without its value.</exception>
    public static Arguments Parse(IReadOnlyList<string> input, string[] options, string[] flags)
    {
        var parsed = new Arguments();
        for (var i = 0; i < input.Count; i++)
        {
            var (name, inline) = input[i].StartsWith("--", StringComparison.Ordinal)
                && input[i].Split('=', 2) is [var left, var right] ? (left, right) : (input[i], null);
            if (options.Contains(name))
                parsed.values.Add((name, inline ?? input.ElementAtOrDefault(++i)
                    ?? throw new LocalException($"{name} needs a value.")));
            else if (flags.Contains(name) && inline is null)
                parsed.flags.Add(name);
            else if (name.StartsWith('-'))
                throw new LocalException($"Unknown option {name}; --help shows what there is.");
            else
                parsed.words.Add(input[i]);
        }
        return parsed;
    }

    public bool Has(string flag) => flags.Contains(flag);

    public string? Value(string option) => values.LastOrDefault(v => v.Name == option).Value;

    public IReadOnlyList<string> Values(string option) => [.. values.Where(v => v.Name == option).Select(v => v.Value)];

    public int Number(string option, int otherwise) => Value(option) is not { } text ? otherwise
        : int.TryParse(text, out var number) && number > 0 ? number
        : throw new LocalException($"{option} needs a whole number above zero, not {text}.");
}
