using Netpol.Loader;
using Netpol.Loader.State;
using Netpol.Loader.Templates;

namespace Netpol.Tests.Unit.Loader;

public sealed class StateTests
{
    [Fact]
    public void Slots_are_given_lowest_first_and_again_after_their_release()
    {
        var slots = SlotSet.Parse("");

        var taken = Enumerable.Range(0, 70).Select(_ => slots.Take()).ToArray();
        slots.Release(5);
        var restored = SlotSet.Parse(slots.ToString());

        Assert.Equal(Enumerable.Range(1, 70), taken);
        Assert.Equal(5, restored.Take());
        Assert.Equal(71, restored.Take());
    }

    [Fact]
    public void A_full_node_says_so()
    {
        var slots = SlotSet.Parse("");
        for (var slot = 1; slot < SlotSet.Capacity; slot++)
        {
            slots.Take();
        }

        var refusal = Assert.Throws<LoaderException>(() => slots.Take());

        Assert.Equal("this node has 4095 containers already; detach some first", refusal.Message);
    }

    [Fact]
    public void Templates_come_back_from_their_file_as_they_were()
    {
        TemplateSet set = new(7, [new ProgramTemplate("to_endpoint", [1, 2, 3, 4, 5, 6, 7, 8], [new MapReference(0, "state")], [9], 1, [], 16)]);

        var read = TemplateFile.Read(TemplateFile.Write(set));

        var program = Assert.Single(read.Programs);
        Assert.Equal((7U, "to_endpoint", 1, 16), (read.BtfId, program.Name, program.FunctionInfoSize, program.LineInfoSize));
        Assert.Equal(set.Programs[0].Instructions, program.Instructions);
        Assert.Equal(set.Programs[0].Maps.AsEnumerable(), program.Maps.AsEnumerable());
        Assert.Equal([9], program.FunctionInfo);
        Assert.Empty(program.LineInfo);
    }

    [Fact]
    public void A_template_of_another_version_is_refused()
    {
        var refusal = Assert.Throws<LoaderException>(() => TemplateFile.Read([1, 2, 3, 4, 5, 6, 7, 8]));

        Assert.Equal("the programs kept in the state folder are of another version; load the bundle again", refusal.Message);
    }
}
