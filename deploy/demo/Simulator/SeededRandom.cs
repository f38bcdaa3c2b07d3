using System.Buffers.Binary;

namespace CsPlatform.Demo.Simulator;

/// <summary>
/// SplitMix64 (Steele, Lea &amp; Flood 2014), written out so that a seed means the same numbers on every version of
/// .NET, which System.Random does not promise. Every purpose has its own fork: to draw more for one changes no other.
/// </summary>
internal struct SeededRandom(ulong seed)
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private ulong state = seed;

    /// <summary>An independent stream, the same for the same seed and key, whatever this one has drawn since.</summary>
    public static SeededRandom For(ulong seed, ulong purpose, ulong key = 0) =>
        new(Mix(Mix(Mix(seed + Golden) ^ (purpose * Golden)) ^ (key + 1) * Golden));

    public ulong NextUInt64() => Mix(state += Golden);

    /// <summary>In [0, 1), 53 bits.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    public double Between(double low, double high) => low + (high - low) * NextDouble();

    /// <summary>From low to high, both included.</summary>
    public int Between(int low, int high) => low + (int)(NextDouble() * (high - low + 1));

    public bool Chance(double probability) => NextDouble() < probability;

    public T Pick<T>(IReadOnlyList<T> of) => of[Between(0, of.Count - 1)];

    /// <summary>Standard normal, by Box and Muller.</summary>
    public double Normal() =>
        Math.Sqrt(-2 * Math.Log(1 - NextDouble())) * Math.Cos(2 * Math.PI * NextDouble());

    public double Exponential(double mean) => -mean * Math.Log(1 - NextDouble());

    /// <summary>Beta by Jöhnk's method, which suits shapes of a few units.</summary>
    public double Beta(double a, double b)
    {
        while (true)
        {
            var (x, y) = (Math.Pow(NextDouble(), 1 / a), Math.Pow(NextDouble(), 1 / b));
            if (x + y is > 0 and <= 1)
                return x / (x + y);
        }
    }

    /// <summary>A Guid of version 7 with the time of <paramref name="at"/> and the rest from this stream.</summary>
    public Guid NextId(DateTimeOffset at)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(
            bytes, (ulong)at.ToUnixTimeMilliseconds() << 16 | NextUInt64() & 0x0FFF | 0x7000);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], NextUInt64() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000);
        return new Guid(bytes, bigEndian: true);
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
