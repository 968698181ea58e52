using Netpol.Diagnostics;
using Netpol.Parsing;
using Netpol.Text;

namespace Netpol.Tests.Unit.Compiler.Sessions;

public sealed class PartedFileTests
{
    [Fact]
    public void A_change_of_one_declaration_leaves_the_trees_of_all_others()
    {
        var before = Parse("group a = any\n// of b\ngroup b = any\npolicy p for a {\n    ingress { }\n}\ngroup c = any\n", null);

        var after = Parse("group a = any\n// of b\ngroup b = any\npolicy p for a {\n    ingress { }\n    egress { }\n}\n\ngroup c = any\n", before);

        Assert.Equal([0, 14, 36, 86], after.Parts.Select(part => part.Start));
        Assert.Equal([0, 1, 3, 7], after.Parts.Select(part => part.Line));
        Assert.Equal([true, true, false, false], after.Parts.Zip(before.Parts, (part, known) => ReferenceEquals(part.Unit, known.Unit)));
    }

    [Fact]
    public void Declarations_that_only_moved_are_the_same_trees()
    {
        var before = Parse("group a = any\ngroup b = world\ngroup c = nodes\n", null);

        var after = Parse("group c = nodes\ngroup b = world\ngroup a = any\n", before);

        Assert.Equal(before.Parts.Select(part => part.Unit).Reverse(), after.Parts.Select(part => part.Unit), ReferenceEqualityComparer.Instance);
    }

    [Theory]
    [InlineData("group a = any } // {\ngroup b = any\n", 2)]
    [InlineData("group a = any\ngroup b = any /* never\nclosed\n", 2)]
    [InlineData("group a = \"x\ngroup b = any\n", 2)]
    [InlineData("group a = any\n\uFEFFgroup b = any\n", 1)]
    [InlineData("policy p for any { ingress {\n    allow from\ngroup b = any\n    allow from any\n}\n}\ngroup c = any\n", 3)]
    [InlineData("group a = pods in namespaces (env == \ngroup b = any\n", 1)]
    [InlineData("group a =\ngroup\ngroup b = any\n", 2)]
    [InlineData("fro\nto\ngroup b = any\n", 1)]
    public void Mistakes_are_those_of_the_whole_file(string text, int parts)
    {
        var file = Parse(text, null);

        Assert.Equal(parts, file.Parts.Length);
        AssertIsWhole(file);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_is_edited_a_file_in_parts_is_the_whole_file(int seed)
    {
        var sources = new EditedSources(seed);
        PartedFile? file = null;

        for (var edit = 0; edit < 3000; edit++)
        {
            file = PartedFile.Parse(new SourceFile(EditedSources.Main, sources.Texts[EditedSources.Main]), file);
            AssertIsWhole(file);
            // One time of thirty all is well again.
            sources.Edit(edit % 30 == 0);
        }
    }

    [Fact]
    public void Comments_that_only_the_whole_file_can_give_away_keep_it_in_one_part()
    {
        var file = Parse("group a = any /* one\ntwo */\ngroup b = any\n", null);

        Assert.Single(file.Parts);
    }

    private static PartedFile Parse(string text, PartedFile? earlier) => PartedFile.Parse(new SourceFile("a.netpol", text), earlier);

    private static void AssertIsWhole(PartedFile file)
    {
        var (unit, diagnostics) = NetpolParser.Parse(file.Source);
        Assert.Equal(
            $"{HumanRenderer.Render(diagnostics)}{string.Join('\n', unit.Statements.Select(statement => (statement.GetType().Name, statement.Span, statement.IsDamaged)))}\n{file.Source.Text}",
            $"{HumanRenderer.Render(file.Diagnostics)}{string.Join('\n', file.Parts.SelectMany(part => part.Unit.Statements.Select(statement =>
                (statement.GetType().Name, statement.Span with { Start = part.Start + statement.Span.Start }, statement.IsDamaged))))}\n{file.Source.Text}");
    }
}
