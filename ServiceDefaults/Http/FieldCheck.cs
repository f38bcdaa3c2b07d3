using System.Text.Json;

namespace CsPlatform.ServiceDefaults;

/// <summary>
/// Reads what comes from outside and gathers what is wrong with it, by member name: one text for one mistake, each a
/// predicate after the member's name.
/// </summary>
public sealed class FieldCheck
{
    private readonly Dictionary<string, List<string>> errors = [];

    /// <summary>What was refused so far.</summary>
    public IReadOnlyDictionary<string, string[]> Errors => errors.ToDictionary(e => e.Key, e => e.Value.ToArray());

    /// <summary>What a reading gives, or all that is wrong at once.</summary>
    /// <typeparam name="T">The command or query as it may be decided on.</typeparam>
    /// <param name="read">Notes what is wrong in the check that it gets.</param>
    /// <exception cref="RefusedException">"invalid", 400, where anything was refused.</exception>
    public static T Of<T>(Func<FieldCheck, T> read)
    {
        var check = new FieldCheck();
        var value = read(check);
        check.ThrowIfAny();
        return value;
    }

    /// <summary>Notes a mistake.</summary>
    /// <param name="field">JSON member or parameter, with a path where it is nested.</param>
    /// <param name="reason">A predicate, e.g. "is required".</param>
    public void Refuse(string field, string reason)
    {
        if (!errors.TryGetValue(field, out var reasons))
            errors[field] = reasons = [];
        reasons.Add(reason);
    }

    /// <summary>Notes a mistake unless all is well.</summary>
    /// <param name="holds">What must be so.</param>
    /// <param name="field">JSON member or parameter.</param>
    /// <param name="reason">A predicate.</param>
    public void Must(bool holds, string field, string reason)
    {
        if (!holds)
            Refuse(field, reason);
    }

    /// <summary>One line of text, trimmed; blank becomes null.</summary>
    /// <param name="value">As it came.</param>
    /// <param name="field">JSON member or parameter.</param>
    /// <param name="maxLength">In UTF-16 units.</param>
    public string? Optional(string? value, string field, int maxLength) =>
        Text(value, field, maxLength, Fault);

    /// <summary>Text of any number of lines, trimmed; blank becomes null.</summary>
    /// <param name="value">As it came.</param>
    /// <param name="field">JSON member or parameter.</param>
    /// <param name="maxLength">In UTF-16 units.</param>
    public string? Lines(string? value, string field, int maxLength) => Text(
        value, field, maxLength,
        text => Fault(text.Replace("\r", "", StringComparison.Ordinal).Replace('\n', ' ').Replace('\t', ' ')));

    /// <summary>One line of text, trimmed; blank is refused.</summary>
    /// <param name="value">As it came.</param>
    /// <param name="field">JSON member or parameter.</param>
    /// <param name="maxLength">In UTF-16 units.</param>
    public string Required(string? value, string field, int maxLength)
    {
        if (Optional(value, field, maxLength) is { } text)
            return text;

        Refuse(field, "is required");
        return "";
    }

    /// <summary>An id that the caller chose; all zeros is nobody's.</summary>
    /// <param name="id">As it came.</param>
    /// <param name="field">JSON member or parameter.</param>
    public void Id(Guid? id, string field) => Must(id != Guid.Empty, field, "is all zeros");

    /// <summary>A number with bounds; null passes.</summary>
    /// <param name="value">As it came.</param>
    /// <param name="field">JSON member or parameter.</param>
    /// <param name="min">The least.</param>
    /// <param name="max">The most.</param>
    public void Within(decimal? value, string field, decimal min, decimal max) =>
        Must(value is null || value >= min && value <= max, field, $"is a number from {min:0.##} to {max:0.##}");

    /// <summary>A day with bounds; null passes.</summary>
    /// <param name="value">As it came.</param>
    /// <param name="field">JSON member or parameter.</param>
    /// <param name="min">The first.</param>
    /// <param name="max">The last.</param>
    public void Within(DateOnly? value, string field, DateOnly min, DateOnly max) =>
        Must(value is null || value >= min
            && value <= max, field, $"is a day from {min:yyyy-MM-dd} to {max:yyyy-MM-dd}");

    /// <summary>A time with bounds; null passes.</summary>
    /// <param name="value">As it came.</param>
    /// <param name="field">JSON member or parameter.</param>
    /// <param name="min">The first.</param>
    /// <param name="max">The last.</param>
    public void Within(DateTimeOffset? value, string field, DateTimeOffset min, DateTimeOffset max) =>
        Must(value is null || value >= min
            && value <= max, field, $"is a time from {min:yyyy-MM-dd} to {max:yyyy-MM-dd}");

    /// <summary>A value of an enum, by its name on the wire; null passes.</summary>
    /// <typeparam name="T">The enum.</typeparam>
    /// <param name="name">As it came.</param>
    /// <param name="field">JSON member or parameter.</param>
    public T? Choice<T>(string? name, string field) where T : struct, Enum
    {
        if (name is null)
            return null;
        if (EnumNames.Named<T>(name) is { } value)
            return value;

        Refuse(field, $"is one of {string.Join(", ", EnumNames.All<T>())}");
        return null;
    }

    /// <summary>Ends the reading.</summary>
    /// <exception cref="RefusedException">"invalid", 400, where anything was refused.</exception>
    public void ThrowIfAny()
    {
        if (errors.Count > 0)
            throw RefusedException.Invalid(Errors);
    }

    /// <summary>What keeps a text from being stored or shown on one line; null where nothing does.</summary>
    /// <param name="text">Any text.</param>
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

    private string? Text(string? value, string field, int maxLength, Func<string, string?> faultOf)
    {
        var text = value?.Trim();
        if (string.IsNullOrEmpty(text))
            return null;

        Must(text.Length <= maxLength, field, $"is longer than {maxLength} characters");
        if (faultOf(text) is { } fault)
            Refuse(field, fault);
        return text;
    }
}

/// <summary>Names of enum values as they travel: lower camel case, e.g. <c>firstContact</c>.</summary>
public static class EnumNames
{
    /// <summary>The name as it travels.</summary>
    /// <typeparam name="T">The enum.</typeparam>
    /// <param name="value">One of its values.</param>
    public static string Name<T>(this T value) where T : struct, Enum =>
        JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    /// <summary>The value of exactly that name, or null.</summary>
    /// <typeparam name="T">The enum.</typeparam>
    /// <param name="name">As it travels.</param>
    public static T? Named<T>(string name) where T : struct, Enum =>
        Enum.GetValues<T>().Cast<T?>().FirstOrDefault(value => value!.Value.Name() == name);

    /// <summary>All names, in the order of the enum.</summary>
    /// <typeparam name="T">The enum.</typeparam>
    public static IEnumerable<string> All<T>() where T : struct, Enum => Enum.GetValues<T>().Select(
        value => value.Name());
}
