using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace CsPlatform.Backbone;

/// <summary>
/// What a statement does, in a few words that hold no value: its verb and the table or function that it is about, e.g.
/// <c>insert usage_claim</c>, <c>upsert account_health</c>.
/// </summary>
internal static partial class SqlNames
{
    private const int CachedMax = 2_000, NamedMax = 3;

    // The same few hundred texts again and again; those that a query makes up anew are not kept beyond the limit.
    private static readonly ConcurrentDictionary<string, string> Cache = new(StringComparer.Ordinal);

    /// <summary>The name of one statement.</summary>
    public static string Of(string sql)
    {
        if (Cache.TryGetValue(sql, out var known))
            return known;
        var name = Read(sql);
        if (Cache.Count < CachedMax)
            Cache.TryAdd(sql, name);
        return name;
    }

    /// <summary>The names of a batch's statements, each once, the first few of them.</summary>
    public static string Of(IEnumerable<string> batch)
    {
        List<string> names = [];
        foreach (var sql in batch)
        {
            var name = Of(sql);
            // That somebody is woken tells nothing beside what was done.
            if (names.Contains(name) || name is "notify" && names.Count > 0)
                continue;
            if (names.Count == NamedMax)
                return string.Join(", ", names) + ", …";
            names.Add(name);
        }
        return string.Join(", ", names);
    }

    private static string Read(string sql)
    {
        var text = Quoted().Replace(sql, "").Trim();
        if (text is "select")
            return "begin"; // what Transactions sends along with BEGIN
        if (Calls().Match(text) is { Success: true } call)
            return call.Groups["function"].Value.ToLowerInvariant() switch
            {
                "mt_quick_append_events" => "append events",
                "pg_notify" => "notify",
                var function => $"call {function}",
            };
        if (Changes().Match(text) is { Success: true } change)
            return $"{(Upserts().IsMatch(text, change.Index) ? "upsert" : FirstWord(change.Value))} {Table(change)}";
        if (Reads().Match(text) is { Success: true } read)
            return $"select {Table(read)}";
        return Verb().Match(text) is { Success: true } verb ? verb.Value.ToLowerInvariant() : "sql";
    }

    /// <summary>Without what Marten puts before the name of a document.</summary>
    private static string Table(Match match)
    {
        var name = match.Groups["table"].Value.ToLowerInvariant();
        return name.StartsWith("mt_doc_", StringComparison.Ordinal) ? name["mt_doc_".Length..] : name;
    }

    private static string FirstWord(string text) => text.Split([' ', '\n', '\r', '\t'], 2)[0].ToLowerInvariant();

    /// <summary>Texts and comments: what stands in them is no part of the statement.</summary>
    [GeneratedRegex(@"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Quoted();

    /// <summary>A statement that only calls a function, also from within a DO block.</summary>
    [GeneratedRegex(
        @"^(?:select\s+(?:\*\s+from\s+)?|call\s+|do\s+\$\$\s*begin\s+perform\s+)(?:\w+\.)?"
            + @"(?<function>(?!count|coalesce|max|min|exists|array|not)\w+)\s*\(",
        RegexOptions.IgnoreCase)]
    private static partial Regex Calls();

    /// <summary>
    /// The first change, also one in or after a WITH; neither FOR UPDATE nor ON CONFLICT DO UPDATE is one.
    /// </summary>
    [GeneratedRegex(
        @"(?<!\b(?:for|key|do)\s+)\b(?:insert\s+into|update(?:\s+only)?|delete\s+from(?:\s+only)?|merge\s+into|copy)\s+"
            + @"(?:""?\w+""?\.)?""?(?<table>[a-z_]\w*)""?",
        RegexOptions.IgnoreCase)]
    private static partial Regex Changes();

    /// <summary>An INSERT whose own conflict, not that of another in the same statement, ends in an UPDATE.</summary>
    [GeneratedRegex(
        @"\Ginsert\b(?:(?!\binsert\b|\bon\s+conflict\b).)*\bon\s+conflict\b(?:(?!\bdo\b).)*\bdo\s+update\b",
        RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Upserts();

    /// <summary>The first table that is read, not one of a WITH's names where a schema tells them apart.</summary>
    [GeneratedRegex(@"\bfrom\s+(?:only\s+)?""?\w+""?\.""?(?<table>[a-z_]\w*)""?", RegexOptions.IgnoreCase)]
    private static partial Regex Reads();

    [GeneratedRegex(@"\b[a-z]+\b", RegexOptions.IgnoreCase)]
    private static partial Regex Verb();
}
