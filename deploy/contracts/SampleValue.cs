using System.Reflection;
using System.Text.Json.Serialization;

namespace CsPlatform.ContractFiles;

/// <summary>
/// A value of any type of a message or a stored event, the same in every run: it follows from the names of the members
/// and their types. Nothing in it is empty or nought, so that a member that is lost on the way is seen.
/// </summary>
internal static class SampleValue
{
    private static readonly DateTimeOffset Day = new(2026, 3, 2, 9, 30, 15, TimeSpan.Zero);

    /// <summary>The value of a record.</summary>
    public static object Of(Type type) => Of(type, char.ToLowerInvariant(type.Name[0]) + type.Name[1..]);

    private static object Of(Type type, string name)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        var number = Number(name);
        if (type == typeof(string))
            return $"{name} é"; // beyond ASCII, as names are
        if (type == typeof(bool))
            return true;
        if (type == typeof(Guid))
            return new Guid(number, 0x7000, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, (byte)number);
        if (type == typeof(decimal))
            return number + 0.50m;
        if (type == typeof(double))
            return number + 0.5;
        if (type == typeof(DateTimeOffset))
            return Day.AddDays(number).AddMicroseconds(123_456);
        if (type == typeof(DateOnly))
            return DateOnly.FromDateTime(Day.AddDays(number).UtcDateTime);
        if (type == typeof(TimeSpan))
            return TimeSpan.FromMinutes(number);
        if (type.IsPrimitive)
            return Convert.ChangeType(number, type, null);
        if (type.IsEnum)
        {
            var values = Enum.GetValues(type);
            return values.GetValue(number % values.Length)!;
        }
        return Many(type, name) ?? Record(type, name);
    }

    /// <summary>A list or a dictionary of one.</summary>
    private static object? Many(Type type, string name)
    {
        if (type.IsArray)
        {
            var array = Array.CreateInstance(type.GetElementType()!, 1);
            array.SetValue(Of(type.GetElementType()!, name), 0);
            return array;
        }
        if (!type.IsGenericType || !type.IsAssignableTo(typeof(System.Collections.IEnumerable)))
            return null;
        if (type.GetGenericArguments() is [var key, var value])
        {
            var entries = (System.Collections.IDictionary)Activator.CreateInstance(
                typeof(Dictionary<,>).MakeGenericType(key, value))!;
            entries.Add(key == typeof(string) ? "crm" : Of(key, name), Of(value, name)); // like external ids
            return entries;
        }
        var item = type.GetGenericArguments()[0];
        var list = (System.Collections.IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(item))!;
        list.Add(Of(item, name));
        return type.IsInterface || type.IsAssignableFrom(list.GetType()) ? list : Activator.CreateInstance(type, list)!;
    }

    private static object Record(Type type, string name)
    {
        if (type.IsAbstract)
            type = type.GetCustomAttributes<JsonDerivedTypeAttribute>().FirstOrDefault()?.DerivedType
                ?? throw new NotSupportedException($"{name}: no sample can be made of {type}.");
        var constructor = type.GetConstructors(BindingFlags.Instance | BindingFlags.Public)
            .Where(c => c.GetParameters() is not [var copied] || copied.ParameterType != type)
            .MaxBy(c => c.GetParameters().Length)
            ?? throw new NotSupportedException($"{name}: {type} has no public constructor.");
        var parameters = constructor.GetParameters();
        var value = constructor.Invoke([.. parameters.Select(p => Of(p.ParameterType, Camel(p.Name!)))]);
        var taken = parameters.Select(p => Camel(p.Name!)).ToHashSet();
        foreach (var property in type.GetProperties())
            if (property.SetMethod is { IsPublic: true } && !taken.Contains(Camel(property.Name)))
                property.SetValue(value, Of(property.PropertyType, Camel(property.Name)));
        return value;
    }

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    /// <summary>From 1 to 97, by the letters of the name.</summary>
    private static int Number(string name) => name.Aggregate(7, (sum, c) => (sum * 31 + c) % 97) + 1;
}
