using CsPlatform.ServiceDefaults;

namespace CsPlatform.Accounts.Input;

/// <summary>Cleans text from outside and gathers what is wrong with it, by member name.</summary>
internal sealed class FieldCheck
{
    private readonly Dictionary<string, List<string>> errors = [];

    public IReadOnlyDictionary<string, string[]> Errors => errors.ToDictionary(e => e.Key, e => e.Value.ToArray());

    public void Refuse(string field, string reason)
    {
        if (!errors.TryGetValue(field, out var reasons))
            errors[field] = reasons = [];
        reasons.Add(reason);
    }

    /// <summary>Trimmed; blank becomes null.</summary>
    public string? Optional(string? value, string field, int maxLength)
    {
        var text = value?.Trim();
        if (string.IsNullOrEmpty(text))
            return null;

        if (text.Length > maxLength)
            Refuse(field, $"is longer than {maxLength} characters");
        if (Fault(text) is { } fault)
            Refuse(field, fault);
        return text;
    }

    /// <summary>Trimmed; blank is refused.</summary>
    public string Required(string? value, string field, int maxLength)
    {
        if (Optional(value, field, maxLength) is { } text)
            return text;

        Refuse(field, "is required");
        return "";
    }

    /// <exception cref="RefusedException">"invalid", 400, where anything was refused.</exception>
    public void ThrowIfAny()
    {
        if (errors.Count > 0)
            throw RefusedException.Invalid(Errors);
    }

    /// <summary>What keeps a text from being stored or shown on one line; null where nothing does.</summary>
    public static string? Fault(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsControl(text[i]))
                return $"contains the control character U+{(int)text[i]:X4}";
            if (!char.IsSurrogate(text[i]))
                continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                return "contains half of a surrogate pair";
            i++;
        }

        return null;
    }
}
