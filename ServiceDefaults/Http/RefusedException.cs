namespace CsPlatform.ServiceDefaults;

/// <summary>
/// A command that the rules refuse. Thrown by deciders; over HTTP it becomes problem details with the type
/// <c>urn:csplatform:problem:{code}</c>.
/// </summary>
/// <param name="code">Stable kebab-case code, part of the API.</param>
/// <param name="message">What is wrong and what to do, for a person.</param>
/// <param name="status">HTTP status, 409 unless the rule says otherwise.</param>
public sealed class RefusedException(string code, string message, int status = 409) : Exception(message)
{
    /// <summary>Stable kebab-case code, part of the API.</summary>
    public string Code { get; } = code;

    /// <summary>HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>Field-level errors by JSON member name; empty where the refusal is about the whole.</summary>
    public IReadOnlyDictionary<string, string[]> Errors { get; init; } = new Dictionary<string, string[]>();

    /// <summary>
    /// Members that are missing, malformed or out of range: 400 <c>invalid</c> with one entry per field.
    /// </summary>
    /// <param name="errors">Reasons by JSON member name, not empty.</param>
    public static RefusedException Invalid(IReadOnlyDictionary<string, string[]> errors) =>
        new("invalid", "One or more members are not valid.", 400) { Errors = errors };

    /// <summary>One member is not valid: 400 <c>invalid</c>.</summary>
    /// <param name="member">JSON member or parameter.</param>
    /// <param name="reason">What is wrong with it, as <see cref="FieldCheck"/> says it.</param>
    public static RefusedException Invalid(string member, string reason) =>
        Invalid(new Dictionary<string, string[]> { [member] = [reason] });

    /// <summary>There is none: 404 <c>{noun}-unknown</c>, the same wherever it is asked for.</summary>
    /// <param name="noun">Kebab-case, e.g. <c>account</c>.</param>
    public static RefusedException Unknown(string noun) =>
        new($"{noun}-unknown", $"There is no such {noun.Replace('-', ' ')}.", 404);
}
