using Netpol.Model;
using Netpol.Syntax;

namespace Netpol.Binding;

/// <summary><c>dns "*.payments.example"</c></summary>
internal static class DnsBinder
{
    // RFC 1035, 2.3.4.
    private const int LongestLabel = 63;
    private const int LongestName = 253;

    public static AddressSet.Dns Bind(FileScope file, SetSyntax.Dns syntax) => new([.. syntax.Patterns.Select(pattern => Bind(file, pattern)).Distinct(StringComparer.Ordinal)]);

    /// <summary>Does a set hold some, as the binder makes sets?</summary>
    public static bool IsIn(AddressSet set) => set is AddressSet.Dns || (set is AddressSet.Union union && union.Parts.Any(IsIn));

    private static string Bind(FileScope file, Spelled<string> pattern)
    {
        var name = pattern.Value.ToLowerInvariant();
        name = name.EndsWith('.') ? name[..^1] : name;
        var problem = name.Length is 0 or > LongestName ? $"it has 1 to {LongestName} letters"
            : name.Split('.').Any(label => label.Length is 0 or > LongestLabel) ? $"a label has 1 to {LongestLabel} letters"
            : name.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_' or '.' or '*')) ? "letters, digits, `-` and `_` are in labels"
            : null;
        if (problem is not null)
        {
            file.Report(BindingDiagnostics.NotADnsPattern, pattern.Span, pattern.Value, problem);
        }

        return name;
    }
}
