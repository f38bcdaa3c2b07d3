using CsPlatform.Contracts.Access;
using CsPlatform.Local.Platform;

namespace CsPlatform.Local.Verbs;

/// <summary>Prints a signed token for local use.</summary>
internal static class TokenVerb
{
    public static Verb Definition { get; } = new("token", $"""
        ./cs token <role…> [options]     print a token (JWT) that the local services accept

          role…             {string.Join(' ', Permissions.AllRoles)}
          --sub <id>        user id (default local)
          --source <uri>    CloudEvents source that a publisher may send; repeat for more
          --hours <n>       how long it is valid (default 8)
          --of <system>     whose key signs: what `up` starts (system, the default) or the demo (demo)

        Example:  curl -H "Authorization: Bearer $(./cs token viewer)" http://127.0.0.1:<port>/v1/accounts
        """, ["--sub", "--source", "--hours", StateOption.Name], [], RunAsync);

    private static Task<int> RunAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        if (arguments.Words.Count == 0 || arguments.Words.Except(Permissions.AllRoles).Any())
            throw new LocalException($"Name one or more roles of: {string.Join(' ', Permissions.AllRoles)}");
        var key = SigningKey.Of(StateOption.Of(arguments));
        Console.WriteLine(key.Sign(new([.. arguments.Words])
        {
            Subject = arguments.Value("--sub") ?? "local",
            Sources = arguments.Values("--source"),
            Lifetime = TimeSpan.FromHours(arguments.Number("--hours", 8)),
        }));
        return Task.FromResult(0);
    }
}
