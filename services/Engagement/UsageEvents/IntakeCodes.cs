namespace CsPlatform.Engagement.UsageEvents;

/// <summary>Why an item was refused or parked; the codes are part of the public contract.</summary>
internal static class IntakeCodes
{
    public const string InvalidJson = "invalid-json";
    public const string NotAnObject = "not-an-object";
    public const string InvalidUtf8 = "invalid-utf8";
    public const string LoneSurrogate = "lone-surrogate";
    public const string NulCharacter = "nul-character";
    public const string TooDeep = "too-deep";
    public const string TooManyKeys = "too-many-keys";
    public const string StringTooLong = "string-too-long";
    public const string NumberOutOfRange = "number-out-of-range";
    public const string DuplicateMember = "duplicate-member";
    public const string EventTooLarge = "event-too-large";
    public const string BatchTooLarge = "batch-too-large";
    public const string RequestTooLarge = "request-too-large";
    public const string SpecVersionUnsupported = "specversion-unsupported";
    public const string AttributeMissing = "attribute-missing";
    public const string AttributeInvalid = "attribute-invalid";
    public const string TimeInvalid = "time-invalid";
    public const string SubjectMissing = "subject-missing";
    public const string SubjectMalformed = "subject-malformed";
    public const string DataNotObject = "data-not-object";
    public const string DataNotJson = "data-not-json";
    public const string DataInvalid = "data-invalid";
    public const string ContentTypeUnsupported = "content-type-unsupported";
    public const string SourceNotAllowed = "source-not-allowed";
    public const string UserIdMissing = "user-id-missing";
    public const string IdReused = "id-reused";
    public const string StorageRefused = "storage-refused";
    public const string DeliveryLimit = "delivery-limit";
    public const string UnknownSubject = "unknown-subject";
    public const string TimeInFuture = "time-in-future";
    public const string TimeTooOld = "time-too-old";
}
