using System.Text.RegularExpressions;

namespace CsPlatform.Accounts.Life;

/// <summary>The key by which another system knows an account, e.g. <c>crm</c> and <c>0042</c>.</summary>
internal sealed partial record ExternalKey(string System, string Key)
{
    public const int MaxKeyLength = 200;

    /// <summary>
    /// <c>system/key</c>: unambiguous, since a system's name has no slash. The subject of a usage event.
    /// </summary>
    public override string ToString() => $"{System}/{Key}";

    /// <summary>Trimmed, the system in lower case; faults are noted under the prefix.</summary>
    public ExternalKey Checked(FieldCheck check, string prefix = "")
    {
        var system = check.Required(System, $"{prefix}system", 64).ToLowerInvariant();
        if (system.Length > 0 && !SystemName().IsMatch(system))
            check.Refuse(
                $"{prefix}system", "takes letters, digits, dot, dash, underscore, and starts with a letter or digit");
        if (system == "account") // account/<id> names an account by our own id
            check.Refuse($"{prefix}system", "account is reserved for our own ids");
        return new ExternalKey(system, check.Required(Key, $"{prefix}key", MaxKeyLength));
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9._-]*$")]
    private static partial Regex SystemName();
}
