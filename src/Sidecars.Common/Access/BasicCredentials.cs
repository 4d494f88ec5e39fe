using System.Text;

namespace Sidecars.Common.Access;

/// <summary>What an <c>Authorization: Basic</c> field says (RFC 7617).</summary>
/// <param name="User">The name, without a colon.</param>
/// <param name="Password">The password.</param>
internal readonly record struct BasicCredentials(string User, string Password)
{
    private const string Scheme = "Basic ";

    /// <summary>The credentials; null where the field says none.</summary>
    public static BasicCredentials? Parse(string? field)
    {
        if (field is null || !field.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var encoded = field.AsSpan(Scheme.Length).Trim();
        var bytes = new byte[encoded.Length];
        if (!Convert.TryFromBase64Chars(encoded, bytes, out var count))
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(bytes, 0, count);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : new BasicCredentials(text[..colon], text[(colon + 1)..]);
    }
}
