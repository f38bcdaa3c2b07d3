using CsPlatform.Engagement.Submissions;
using CsPlatform.Engagement.UsageEvents;

namespace CsPlatform.Engagement.Intake;

/// <summary>What became of a request, item by item.</summary>
/// <param name="Accepted">Stored and counted.</param>
/// <param name="Repeated">Taken before, with the same content.</param>
/// <param name="Refused">Not taken; the item says why.</param>
/// <param name="Parked">Stored, not counted yet; the item says why.</param>
/// <param name="Items">In the order of the request.</param>
internal sealed record IntakeAnswer(
    int Accepted, int Repeated, int Refused, int Parked, IReadOnlyList<ItemAnswer> Items)
{
    public static IntakeAnswer Of(Submission submission)
    {
        var items = new ItemAnswer[submission.Items.Count];
        Span<int> counts = stackalloc int[4];
        for (var i = 0; i < items.Length; i++)
        {
            var result = submission.Results[i];
            counts[(int)result.Status]++;
            items[i] = new ItemAnswer(i, submission.Items[i].Id, result.Status, result.Code, result.Detail);
        }

        return new IntakeAnswer(
            counts[(int)ItemStatus.Accepted], counts[(int)ItemStatus.Repeated], counts[(int)ItemStatus.Refused],
            counts[(int)ItemStatus.Parked], items);
    }

    public bool IsAllTaken => Refused == 0;

    public bool IsNothingTaken => Items.Count > 0 && Refused == Items.Count;

    /// <summary>The status of a request of one event that is refused.</summary>
    public static int StatusOf(string code) => code switch
    {
        IntakeCodes.IdReused => StatusCodes.Status409Conflict,
        IntakeCodes.SourceNotAllowed => StatusCodes.Status403Forbidden,
        IntakeCodes.EventTooLarge or IntakeCodes.BatchTooLarge or IntakeCodes.RequestTooLarge =>
            StatusCodes.Status413PayloadTooLarge,
        IntakeCodes.ContentTypeUnsupported => StatusCodes.Status415UnsupportedMediaType,
        _ => StatusCodes.Status400BadRequest,
    };
}

/// <summary>What became of one item.</summary>
/// <param name="Index">Position in the request, from 0.</param>
/// <param name="Id">The event's id, where it could be read.</param>
/// <param name="Status">accepted, repeated, refused or parked.</param>
/// <param name="Code">Why it was refused or parked.</param>
/// <param name="Detail">The same in words.</param>
internal sealed record ItemAnswer(int Index, string? Id, ItemStatus Status, string? Code, string? Detail);
