using CsPlatform.Architecture.Tests.SampleLeft;

namespace CsPlatform.Architecture.Tests.SampleRight;

/// <summary>With <see cref="SampleLeft.Left"/> a circle of two folders.</summary>
internal sealed record Right(Left Back);
