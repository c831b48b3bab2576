using System.Globalization;
using System.Reflection;
using AiGateway.ConfigFiles;

namespace AiGateway.Routes;

/// <summary>
/// Checks a section against YARP's own configuration types, so that every native feature is known without a list of our own:
/// an unknown key, enum value, duration or number is reported where it stands. YARP's binder would pass over unknown keys in silence.
/// </summary>
internal sealed class YarpShape(ConfigProblems problems)
{
    /// <param name="except">Members of the type that the file does not hold: a route's and a cluster's id is its key.</param>
    public void CheckObject(ConfigNode node, Type type, params string[] except)
    {
        if (node.Kind == ConfigKind.Null) return;
        if (node.Kind != ConfigKind.Object)
        {
            problems.Error(node, "must be an object");
            return;
        }
        var known = Members(type).Where(property => !except.Contains(property.Name)).ToDictionary(property => property.Name, StringComparer.OrdinalIgnoreCase);
        foreach (var member in node.Members)
        {
            if (known.TryGetValue(member.Name, out var property)) Check(member.Value, property.PropertyType);
            else problems.Error(member.Place, member.Value.Path, $"unknown key \"{member.Name}\"{DidYouMean.HintOrList(member.Name, known.Keys)}");
        }
    }

    private void Check(ConfigNode node, Type declared)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (node.Kind == ConfigKind.Null) return;
        if (type.IsEnum) CheckEnum(node, type);
        else if (Element(type, typeof(IReadOnlyDictionary<,>)) is { } value) CheckDictionary(node, value);
        else if (Element(type, typeof(IReadOnlyList<>)) is { } item) CheckList(node, item);
        else if (type == typeof(string) || type.IsPrimitive || type.Namespace == nameof(System)) CheckScalar(node, type);
        else CheckObject(node, type);
    }

    private void CheckDictionary(ConfigNode node, Type value)
    {
        if (node.Kind != ConfigKind.Object) problems.Error(node, "must be an object");
        foreach (var member in node.Members) Check(member.Value, value);
    }

    private void CheckList(ConfigNode node, Type item)
    {
        if (node.Kind != ConfigKind.Array) problems.Error(node, "must be a list");
        foreach (var inner in node.Items) Check(inner, item);
    }

    // Flags (SslProtocols) are written as a list of names.
    private void CheckEnum(ConfigNode node, Type type)
    {
        foreach (var one in node.Kind == ConfigKind.Array ? node.Items : [node])
            if (!Enum.GetNames(type).Contains(one.Text, StringComparer.OrdinalIgnoreCase))
                problems.Error(one, $"unknown value \"{one.Text}\"{DidYouMean.HintOrList(one.Text, Enum.GetNames(type))}");
    }

    private void CheckScalar(ConfigNode node, Type type)
    {
        if (!node.IsScalar) problems.Error(node, "must be one value");
        else if (Expected(node.Text, type) is { } expected) problems.Error(node, $"\"{node.Text}\" is not {expected}");
    }

    private static string? Expected(string text, Type type) => type switch
    {
        _ when type == typeof(bool) => bool.TryParse(text, out _) ? null : "true or false",
        _ when type == typeof(int) => int.TryParse(text, CultureInfo.InvariantCulture, out _) ? null : "a whole number",
        _ when type == typeof(long) => long.TryParse(text, CultureInfo.InvariantCulture, out _) ? null : "a whole number",
        _ when type == typeof(double) => double.TryParse(text, CultureInfo.InvariantCulture, out _) ? null : "a number",
        _ when type == typeof(TimeSpan) => TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out _) ? null : "a duration (hh:mm:ss)",
        _ when type == typeof(Version) => Version.TryParse(text.Contains('.') ? text : text + ".0", out _) ? null : "a version (1.1, 2)",
        _ when type == typeof(Uri) => Uri.TryCreate(text, UriKind.Absolute, out _) ? null : "an absolute address",
        _ => null,
    };

    /// <summary>What a section may set; some types also have a static "Empty", which is no key.</summary>
    public static PropertyInfo[] Members(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance);

    // The last type argument of the list or dictionary: what it holds.
    public static Type? Element(Type type, Type open) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == open ? type.GetGenericArguments()[^1] : null;
}
