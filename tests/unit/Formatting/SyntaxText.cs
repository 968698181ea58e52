using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using Netpol.Syntax;
using Netpol.Text;

namespace Netpol.Tests.Unit.Formatting;

/// <summary>A tree in words, without places and comments: equal where two files say the same.</summary>
internal static class SyntaxText
{
    private static readonly string[] Trivia =
        ["Comments", "ClosingComments", "Documentation", "TrailingComment", "HasBlankLineBefore", "Span", "Source", "EqualityContract"];

    public static string Of(CompilationUnitSyntax unit)
    {
        var text = new StringBuilder();
        Write(text, unit.Statements, "");
        return text.ToString();
    }

    private static void Write(StringBuilder text, object? value, string indent)
    {
        switch (value)
        {
            case null:
                text.Append("null\n");
                break;
            case TextSpan:
                text.Append("there\n");
                break;
            case decimal number:
                text.Append(number.ToString("0.############", CultureInfo.InvariantCulture)).Append('\n');
                break;
            case string or Enum or bool or int:
                text.Append(value).Append('\n');
                break;
            case IEnumerable items:
                text.Append('\n');
                foreach (var item in items)
                {
                    text.Append(indent).Append("- ");
                    Write(text, item, indent + "  ");
                }

                break;
            case SyntaxNode or { } when value.GetType().Namespace == typeof(SyntaxNode).Namespace:
                Properties(text, value, indent);
                break;
            default:
                throw new ArgumentException($"{value.GetType()}", nameof(value));
        }
    }

    private static void Properties(StringBuilder text, object value, string indent)
    {
        text.Append(value.GetType().Name).Append('\n');
        foreach (var property in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).OrderBy(property => property.Name, StringComparer.Ordinal))
        {
            if (!Trivia.Contains(property.Name) && property.GetIndexParameters().Length == 0)
            {
                text.Append(indent).Append(property.Name).Append(": ");
                Write(text, property.GetValue(value), indent + "  ");
            }
        }
    }
}
