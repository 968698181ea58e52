using System.Globalization;
using Netpol.Diagnostics;
using Netpol.Syntax;
using Netpol.Text;

namespace Netpol.Parsing;

/// <summary>The literals by what they stand for. Each reader takes a literal's text whole or says what is wrong with it.</summary>
internal static class Literals
{
    private static readonly string[] PortProtocols = ["tcp", "udp", "sctp"];

    private static readonly string[] TimeUnits = ["ms", "s", "m", "h", "d"];

    private static readonly string[] BitRateUnits = ["bit/s", "kbit/s", "Kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"];

    private static readonly string[] SizeUnits = ["B", "KiB", "MiB", "GiB", "kB", "KB", "MB", "GB"];

    /// <summary><c>80/tcp</c>, <c>8000-8099/udp</c></summary>
    public static (PortSyntax? Value, Diagnostic? Complaint) Port(SourceFile source, TextSpan span)
    {
        var text = source.TextOf(span);
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var numbers = (slash < 0 ? text : text[..slash]).Split('-');
        if (numbers.Length > 2 || numbers.Any(number => number.Length == 0 || !number.All(char.IsAsciiDigit)))
        {
            return Malformed<PortSyntax>(source, span, "a port");
        }

        foreach (var number in numbers)
        {
            if (!ushort.TryParse(number, CultureInfo.InvariantCulture, out _))
            {
                return (null, SyntaxDiagnostics.PortOutOfRange.At(source, span, Wording.Quote(number)));
            }
        }

        if (slash < 0)
        {
            return (null, SyntaxDiagnostics.PortWithoutProtocol.At(source, span, text).WithFix($"{text}/tcp"));
        }

        var protocol = text[(slash + 1)..];
        if (!PortProtocols.Contains(protocol))
        {
            return (null, SyntaxDiagnostics.UnknownProtocol.At(source, TextSpan.FromBounds(span.Start + slash + 1, span.End), protocol));
        }

        var (first, last) = (int.Parse(numbers[0], CultureInfo.InvariantCulture), int.Parse(numbers[^1], CultureInfo.InvariantCulture));
        return first > last
            ? (null, SyntaxDiagnostics.PortRangeBackwards.At(source, span, text).WithFix($"{last}-{first}/{protocol}"))
            : (new PortSyntax.Numbers(first, last, protocol), null);
    }

    /// <summary>What has the shape of an address or prefix; the binder reads it.</summary>
    public static (string? Value, Diagnostic? Complaint) Prefix(SourceFile source, TextSpan span)
    {
        var text = source.TextOf(span);
        return text.Contains(':') || text.Contains('.')
            ? (text, null)
            : Malformed<string>(source, span, "an address or prefix");
    }

    /// <summary>A number of a port alone, after `->` and `nodeport`.</summary>
    public static (Boxed<int>? Value, Diagnostic? Complaint) PortNumber(SourceFile source, TextSpan span)
    {
        var text = source.TextOf(span);
        return !text.All(char.IsAsciiDigit) ? Malformed<Boxed<int>>(source, span, "a port number")
            : ushort.TryParse(text, CultureInfo.InvariantCulture, out var port) ? (new Boxed<int>(port), null)
            : (null, SyntaxDiagnostics.PortOutOfRange.At(source, span, Wording.Quote(text)));
    }

    public static (Boxed<int>? Value, Diagnostic? Complaint) WholeNumber(SourceFile source, TextSpan span) =>
        int.TryParse(source.TextOf(span), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? (new Boxed<int>(number), null)
            : Malformed<Boxed<int>>(source, span, "a whole number");

    public static (Boxed<decimal>? Value, Diagnostic? Complaint) Number(SourceFile source, TextSpan span) =>
        decimal.TryParse(source.TextOf(span), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? (new Boxed<decimal>(number), null)
            : Malformed<Boxed<decimal>>(source, span, "a number");

    /// <summary><c>30s</c>, <c>3h</c></summary>
    public static (QuantitySyntax? Value, Diagnostic? Complaint) Time(SourceFile source, TextSpan span) =>
        Quantity(source, span, "a time such as `30s`", TimeUnits);

    /// <summary><c>200/s</c></summary>
    public static (QuantitySyntax? Value, Diagnostic? Complaint) Rate(SourceFile source, TextSpan span) =>
        Quantity(source, span, "a rate such as `200/s`", ["/s", "/m", "/h"]);

    /// <summary><c>100Mbit/s</c></summary>
    public static (QuantitySyntax? Value, Diagnostic? Complaint) BitRate(SourceFile source, TextSpan span) =>
        Quantity(source, span, "a rate such as `100Mbit/s`", BitRateUnits);

    /// <summary><c>1MiB</c></summary>
    public static (QuantitySyntax? Value, Diagnostic? Complaint) Size(SourceFile source, TextSpan span) =>
        Quantity(source, span, "a size such as `1MiB`", SizeUnits);

    public static (QuantitySyntax? Value, Diagnostic? Complaint) Count(SourceFile source, TextSpan span) =>
        Quantity(source, span, "a whole number", [""]) is { Value: { } count } counted && count.Number == Math.Floor(count.Number)
            ? counted
            : Malformed<QuantitySyntax>(source, span, "a whole number");

    private static (QuantitySyntax? Value, Diagnostic? Complaint) Quantity(SourceFile source, TextSpan span, string wanted, string[] units)
    {
        var text = source.TextOf(span);
        var digits = text.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
        return units.Contains(text[digits..])
            && decimal.TryParse(text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                ? (new QuantitySyntax(number, text[digits..]) { Span = span }, null)
                : Malformed<QuantitySyntax>(source, span, wanted);
    }

    private static (T? Value, Diagnostic? Complaint) Malformed<T>(SourceFile source, TextSpan span, string wanted)
        where T : class =>
        (null, SyntaxDiagnostics.MalformedLiteral.At(source, span, Wording.Quote(source.TextOf(span)), wanted));
}

/// <summary>A number that may be absent without being zero.</summary>
internal sealed record Boxed<T>(T Value)
    where T : struct;
