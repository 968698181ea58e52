using System.Collections.Immutable;
using System.Text;
using Netpol.Syntax;

namespace Netpol.Formatting;

/// <summary>
/// Prints syntax as a person would write it: one spelling for one tree, comments and documentation kept. Printing what
/// was parsed from a print gives that print again. Declarations that did not parse are left out.
/// </summary>
public static class NetpolFormatter
{
    private const int Indentation = 4;

    public static string Print(CompilationUnitSyntax unit)
    {
        var text = new StringBuilder();
        StatementSyntax? before = null;
        foreach (var statement in unit.Statements.Where(statement => statement is not IncompleteSyntax))
        {
            if (before is not null && NeedsBlankLine(before, statement))
            {
                text.Append('\n');
            }

            Print(text, statement, 0);
            before = statement;
        }

        if (before is not null && !unit.ClosingComments.IsEmpty)
        {
            text.Append('\n');
        }

        PrintComments(text, unit.ClosingComments, "// ", 0);
        return text.ToString();
    }

    // Lines of one kind stand together; blocks and what has words of its own stand apart.
    private static bool NeedsBlankLine(StatementSyntax before, StatementSyntax statement) =>
        statement.HasBlankLineBefore || before.GetType() != statement.GetType() || IsApart(before) || IsApart(statement);

    private static bool IsApart(StatementSyntax statement) =>
        !LinePrinter.Block(statement).IsDefault || statement.Documentation is not null || !statement.Comments.IsEmpty;

    private static void Print(StringBuilder text, StatementSyntax statement, int indent)
    {
        var block = LinePrinter.Block(statement);
        PrintComments(text, block.IsDefault ? [.. statement.Comments, .. statement.ClosingComments, .. LinePrinter.InnerComments(statement)] : statement.Comments, "// ", indent);
        PrintComments(text, statement.Documentation?.Split('\n') ?? [], "/// ", indent);
        text.Append(LineBreaking.Fill(LinePrinter.Print(statement), indent));
        if (!block.IsDefault)
        {
            PrintBlock(text, block, statement.ClosingComments, indent);
        }

        if (statement.TrailingComment is { } comment)
        {
            text.Append($" // {OneLine(comment)}".TrimEnd());
        }

        text.Append('\n');
    }

    private static void PrintBlock(
        StringBuilder text, ImmutableArray<StatementSyntax> statements, ImmutableArray<string> closingComments, int indent)
    {
        if (statements.IsEmpty && closingComments.IsEmpty)
        {
            text.Append(" { }");
            return;
        }

        text.Append(" {\n");
        for (var i = 0; i < statements.Length; i++)
        {
            if (i > 0 && statements[i].HasBlankLineBefore)
            {
                text.Append('\n');
            }

            Print(text, statements[i], indent + Indentation);
        }

        PrintComments(text, closingComments, "// ", indent + Indentation);
        text.Append(' ', indent).Append('}');
    }

    private static void PrintComments(StringBuilder text, IEnumerable<string> lines, string slashes, int indent)
    {
        foreach (var line in lines)
        {
            text.Append(' ', indent).Append($"{slashes}{OneLine(line)}".TrimEnd()).Append('\n');
        }
    }

    private static string OneLine(string comment) => comment.ReplaceLineEndings(" ");
}
