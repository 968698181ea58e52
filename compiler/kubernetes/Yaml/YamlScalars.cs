using System.Globalization;
using System.Text.RegularExpressions;

namespace Netpol.Kubernetes.Yaml;

/// <summary>
/// What kubectl takes a plain scalar for: YAML 1.1 as its library reads it (sigs.k8s.io/yaml), which is more than the
/// true, false, null and decimal numbers of YAML 1.2.
/// </summary>
internal static partial class YamlScalars
{
    public static bool IsBoolean(string plain) =>
        plain is "true" or "True" or "TRUE" or "false" or "False" or "FALSE" || IsOldBoolean(plain);

    /// <summary>A boolean in YAML 1.1 alone; most people and most tools mean the word.</summary>
    public static bool IsOldBoolean(string plain) => plain is
        "y" or "Y" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" or
        "n" or "N" or "no" or "No" or "NO" or "off" or "Off" or "OFF";

    public static bool IsNumber(string plain) => TryInteger(plain, out _) || Float().IsMatch(plain);

    /// <summary>Decimal, hexadecimal, octal (<c>0o17</c>, <c>017</c>) or binary, with <c>_</c> between digits.</summary>
    public static bool TryInteger(string plain, out long value)
    {
        value = 0;
        var digits = plain.Replace("_", "", StringComparison.Ordinal);
        var isNegative = digits.StartsWith('-');
        digits = digits.TrimStart('-', '+');
        if (digits.Length == 0 || plain.Length - plain.TrimStart('-', '+').Length > 1 || !char.IsAsciiDigit(plain.TrimStart('-', '+')[0]))
        {
            return false;
        }

        var isRead = digits.Length > 1 && digits[0] == '0'
            ? TryPrefixed(digits, out value)
            : long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        value = isNegative ? -value : value;
        return isRead;
    }

    private static bool TryPrefixed(string digits, out long value) => char.ToLowerInvariant(digits[1]) switch
    {
        'x' => long.TryParse(digits.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value),
        'b' => long.TryParse(digits.AsSpan(2), NumberStyles.AllowBinarySpecifier, CultureInfo.InvariantCulture, out value),
        'o' => TryOctal(digits.AsSpan(2), out value),
        _ => TryOctal(digits.AsSpan(1), out value),
    };

    private static bool TryOctal(ReadOnlySpan<char> digits, out long value)
    {
        value = 0;
        foreach (var digit in digits)
        {
            if (digit is < '0' or > '7' || value > long.MaxValue >> 3)
            {
                return false;
            }

            value = (value << 3) | (uint)(digit - '0');
        }

        return digits.Length > 0;
    }

    [GeneratedRegex(@"\A[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z|\A[-+]?\.(inf|Inf|INF)\z|\A\.(nan|NaN|NAN)\z")]
    private static partial Regex Float();
}
