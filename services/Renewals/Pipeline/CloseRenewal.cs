namespace CsPlatform.Renewals.Pipeline;

/// <summary>A successor was signed. Twice is not an error: a closed renewal stays as it was closed.</summary>
internal sealed record CloseRenewal(Guid SuccessorId)
{
    public IReadOnlyList<IRenewalEvent> Decide(Renewal renewal, DateTimeOffset now) => renewal.Status switch
    {
        RenewalStatus.Open => [new RenewalClosed(RenewalOutcome.Renewed, SuccessorId, now)],
        RenewalStatus.Renewed => [],
    };
}
