namespace CsPlatform.Contracts.Access;

/// <summary>On which accounts a caller may use a permission.</summary>
public enum Reach
{
    /// <summary>
    /// Those whose CSM the caller is, and those that have none yet: whoever comes first may work them.
    /// </summary>
    Book,

    /// <summary>Every account.</summary>
    All,
}

/// <summary>
/// What callers may do, by name: the one map from roles. Each OpenAPI operation names what it needs as
/// <c>x-permissions</c>; <c>GET /v1/me</c> says what a caller has.
/// </summary>
public static class Permissions
{
    /// <summary>Accounts, the customer table and timelines.</summary>
    public const string ReadAccounts = "accounts.read";

    /// <summary>Registers, corrects, assigns and moves accounts, one by one or by a file.</summary>
    public const string WriteAccounts = "accounts.write";

    /// <summary>Daily use of an account.</summary>
    public const string ReadUsage = "usage.read";

    /// <summary>Sends usage events.</summary>
    public const string PublishUsage = "usage.publish";

    /// <summary>Scores, what made them, and the models.</summary>
    public const string ReadHealth = "health.read";

    /// <summary>Publishes score models.</summary>
    public const string PublishModels = "models.publish";

    /// <summary>Churn-risk alerts.</summary>
    public const string ReadAlerts = "alerts.read";

    /// <summary>Acknowledges, snoozes and dismisses alerts.</summary>
    public const string WriteAlerts = "alerts.write";

    /// <summary>Survey answers and their figures.</summary>
    public const string ReadAnswers = "answers.read";

    /// <summary>Records survey answers.</summary>
    public const string WriteAnswers = "answers.write";

    /// <summary>Withdraws survey answers, and moves them to the account that they are of.</summary>
    public const string CorrectAnswers = "answers.correct";

    /// <summary>Contracts and renewals.</summary>
    public const string ReadContracts = "contracts.read";

    /// <summary>Signs contracts.</summary>
    public const string WriteContracts = "contracts.write";

    /// <summary>Runs sweeps, replays what failed or was parked, rebuilds read models.</summary>
    public const string Operate = "operations.run";

    private static readonly string[] Reading =
        [ReadAccounts, ReadUsage, ReadHealth, ReadAlerts, ReadAnswers, ReadContracts];

    private static readonly string[] Working =
        [WriteAccounts, WriteAlerts, WriteAnswers, CorrectAnswers, WriteContracts];

    private static readonly Dictionary<string, Dictionary<string, Reach>> ByRole = new()
    {
        [Roles.Viewer] = Grant(Reach.All, Reading),
        [Roles.Colleague] = Grant(Reach.All, Reading),
        [Roles.Csm] = Grant(Reach.All, Reading).Concat(Grant(Reach.Book, Working)).ToDictionary(),
        [Roles.Lead] = Grant(Reach.All, [.. Reading, .. Working]),
        [Roles.Admin] = Grant(Reach.All, [.. Reading, .. Working, PublishModels, Operate]),
        [Roles.Publisher] = Grant(Reach.All, [PublishUsage]),
        [Roles.Collector] = Grant(Reach.All, [WriteAnswers]),
        [Roles.Subscriber] = [],
        [Roles.Ops] = Grant(Reach.All, [Operate]),
    };

    /// <summary>All roles that a token may carry.</summary>
    public static IReadOnlyCollection<string> AllRoles => ByRole.Keys;

    /// <summary>What somebody with these roles may do, and on which accounts: the widest reach counts.</summary>
    /// <param name="roles">Any of <see cref="Roles"/>; others give nothing.</param>
    public static IReadOnlyDictionary<string, Reach> Of(IEnumerable<string> roles) =>
        roles.SelectMany(role => ByRole.GetValueOrDefault(role, []))
            .GroupBy(p => p.Key, p => p.Value)
            .ToDictionary(p => p.Key, p => p.Max());

    /// <summary>The roles that give a permission.</summary>
    /// <param name="permission">One of this class.</param>
    /// <exception cref="ArgumentException">No role gives it: there is no such permission.</exception>
    public static IReadOnlyList<string> RolesWith(string permission) =>
        ByRole.Where(r => r.Value.ContainsKey(permission)).Select(r => r.Key).ToArray() is { Length: > 0 } roles
            ? roles
            : throw new ArgumentException($"There is no permission {permission}.", nameof(permission));

    private static Dictionary<string, Reach> Grant(Reach reach, string[] permissions) =>
        permissions.ToDictionary(p => p, _ => reach);
}
