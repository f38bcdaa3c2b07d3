namespace CsPlatform.Accounts.Life;

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
