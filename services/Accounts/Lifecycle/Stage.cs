using System.Text.Json;

namespace CsPlatform.Accounts.Lifecycle;

/// <summary>Where a customer is on its journey, in any order; escalation and churned are side states.</summary>
internal enum Stage
{
    Prospect,
    FirstContact,
    Trial,
    Purchase,
    Onboarding,
    Adoption,
    Renewal,
    Advocacy,
    Escalation,
    Churned,
}

/// <summary>How much an account matters, and how it goes.</summary>
internal enum Tier
{
    Vip,
    Potential,
    Stable,
    AtRisk,
}

internal static class EnumNames
{
    /// <summary>The name as it travels: <c>firstContact</c>.</summary>
    public static string Name<T>(this T value) where T : struct, Enum =>
        JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    /// <summary>The value of exactly that name, or null.</summary>
    public static T? Named<T>(string name) where T : struct, Enum =>
        Enum.GetValues<T>().Cast<T?>().FirstOrDefault(value => value!.Value.Name() == name);
}
