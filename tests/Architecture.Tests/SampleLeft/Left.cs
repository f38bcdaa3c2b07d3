using CsPlatform.Architecture.Tests.SampleRight;

namespace CsPlatform.Architecture.Tests.SampleLeft;

/// <summary>With <see cref="SampleRight.Right"/> a circle of two folders.</summary>
internal sealed class Left
{
    public Right Forth => new(this);
}
