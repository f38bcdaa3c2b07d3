using System.Text;

namespace CsPlatform.Fuzz;

/// <summary>
/// Makes new inputs of old ones: bytes flipped, pieces left out, doubled, moved, words of the format put in.
/// </summary>
internal sealed class Mutator(int seed)
{
    private const int SizeMax = 4096;

    private static readonly byte[][] Words =
    [
        .. new[]
        {
            "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u0000", "\\ud800", "\\udc00", "\\u0061", "null", "true", "-0",
            "1e400", "1e-28",
            "9007199254740991", "9007199254740992", "0.1234567890123456789012345678", "123456789012345678901234567890",
            "e+", "E-", ".0",
            "\"specversion\":\"1.0\"", "\"id\":", "\"source\":", "\"type\":", "\"subject\":\"crm/1\"",
            "\"subject\":\"account/", "\"time\":",
            "\"datacontenttype\":", "\"dataschema\":", "\"data\":{", "\"data_base64\":\"e30=\"", "\"user\":",
            "\"userKind\":\"automation\"",
            "\"feature\":", "\"features\":[", "\"minutes\":", "2026-03-01T10:00:00Z", "T24:00:00", ":60Z", "+14:01",
            "0001-01-01", "9999-12-31",
            "\r\n", " ", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", "%00", "%ED%A0%80",
            "\n",
        }.Select(word => Encoding.UTF8.GetBytes(word)),
        [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xEF, 0xBB, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0],
    ];

    private readonly Random random = new(seed);

    public byte[] Next(IReadOnlyList<byte[]> corpus)
    {
        var input = new List<byte>(corpus[random.Next(corpus.Count)]);
        for (var changes = 1 << random.Next(5); changes > 0; changes--)
            Change(input, corpus);
        return [.. input.Take(SizeMax)];
    }

    private void Change(List<byte> input, IReadOnlyList<byte[]> corpus)
    {
        var at = random.Next(input.Count + 1);
        var length = Math.Min(input.Count - at, 1 << random.Next(7));
        switch (random.Next(8))
        {
            case 0 when at < input.Count:
                input[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < input.Count:
                input[at] = (byte)random.Next(256);
                break;
            case 2:
                input.RemoveRange(at, length);
                break;
            case 3:
                input.InsertRange(at, input.GetRange(at, length));
                break;
            case 4:
                var piece = input.GetRange(at, length);
                input.RemoveRange(at, length);
                input.InsertRange(random.Next(input.Count + 1), piece);
                break;
            case 5:
                var other = corpus[random.Next(corpus.Count)];
                var from = random.Next(other.Length + 1);
                input.InsertRange(at, other[from..Math.Min(other.Length, from + (1 << random.Next(7)))]);
                break;
            default:
                input.InsertRange(at, Words[random.Next(Words.Length)]);
                break;
        }
    }
}
