using System.Runtime.InteropServices;
using SharpFuzz.Common;

namespace CsPlatform.Fuzz;

/// <summary>
/// Which branches an input took: SharpFuzz's map of 65,536 counters, one for each pair of branches that follow each
/// other. As in AFL, how often counts only by its order of magnitude.
/// </summary>
internal sealed unsafe class Coverage
{
    private const int Size = 1 << 16;

    private readonly byte* map = (byte*)NativeMemory.AllocZeroed(Size);
    private readonly byte[] seen = new byte[Size];

    public Coverage() => Trace.SharedMem = map;

    /// <summary>Pairs of branches seen so far.</summary>
    public int Edges { get; private set; }

    public void Clear()
    {
        new Span<byte>(map, Size).Clear();
        Trace.PrevLocation = 0;
    }

    /// <summary>Adds what was taken since the last clearing.</summary>
    /// <returns>Whether any of it was new.</returns>
    public bool Add()
    {
        var isNew = false;
        var taken = new ReadOnlySpan<byte>(map, Size);
        for (var at = taken.IndexOfAnyExcept((byte)0); at >= 0;)
        {
            var magnitude = (byte)(1 << (32 - int.LeadingZeroCount(taken[at])) / 2);
            if ((seen[at] & magnitude) == 0)
            {
                Edges += seen[at] == 0 ? 1 : 0;
                seen[at] |= magnitude;
                isNew = true;
            }

            var next = taken[(at + 1)..].IndexOfAnyExcept((byte)0);
            at = next < 0 ? -1 : at + 1 + next;
        }

        return isNew;
    }
}
