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
    [InlineData("group a = any } // {\ngroup b = any\n")]
    [InlineData("group a = any\ngroup b = any /* never\nclosed\n")]
    [InlineData("group a = \"x\ngroup b = any\n")]
    [InlineData("group a = any\n\uFEFFgroup b = any\n")]
    public void A_file_with_a_mistake_is_no_file_in_parts(string text) =>
        Assert.Null(PartedFile.Parse(new SourceFile("a.netpol", text), null));

    [Fact]
    public void Comments_that_only_the_whole_file_can_give_away_keep_it_in_one_part()
    {
        var file = Parse("group a = any /* one\ntwo */\ngroup b = any\n", null);

        Assert.Single(file.Parts);
    }

    private static PartedFile Parse(string text, PartedFile? earlier)
    {
        var file = PartedFile.Parse(new SourceFile("a.netpol", text), earlier);
        Assert.NotNull(file);
        return file;
    }
}
