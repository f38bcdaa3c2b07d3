using System.Security.Cryptography;
using System.Text;

namespace CsPlatform.EndToEnd.Tests.Canary;

/// <summary>Secrets and personal data under their names, each a text that nothing else contains.</summary>
internal sealed class Planted
{
    private readonly Dictionary<string, string> texts = [];

    /// <summary>A new text of this kind, within letters and digits, so that no encoding changes it.</summary>
    public string New(string kind) => texts[kind] = "zq" + RandomNumberGenerator.GetHexString(16, lowercase: true);

    /// <summary>A text that exists already, such as a password.</summary>
    public void Add(string kind, string text) => texts[kind] = text;

    public string Of(string kind) => texts[kind];

    /// <summary>Which of them this shows: as they are, in hexadecimal (PostgreSQL's bytea), or in base 64.</summary>
    public IEnumerable<string> In(string text) =>
        from planted in texts
        let bytes = Encoding.UTF8.GetBytes(planted.Value)
        where text.Contains(planted.Value, StringComparison.Ordinal)
            || text.Contains(Convert.ToHexStringLower(bytes), StringComparison.Ordinal)
            || text.Contains(Convert.ToBase64String(bytes).TrimEnd('='), StringComparison.Ordinal)
        select planted.Key;
}
