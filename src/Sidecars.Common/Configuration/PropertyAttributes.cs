using System.Text.Json.Serialization.Metadata;

namespace Sidecars.Common.Configuration;

/// <summary>The attributes of an option, read from its metadata.</summary>
internal static class PropertyAttributes
{
    public static T? Attribute<T>(this JsonPropertyInfo property)
        where T : Attribute =>
        property.AttributeProvider?.GetCustomAttributes(typeof(T), inherit: true).OfType<T>().FirstOrDefault();

    public static bool Has<T>(this JsonPropertyInfo property)
        where T : Attribute => property.Attribute<T>() is not null;
}
