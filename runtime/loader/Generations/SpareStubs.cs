using Netpol.Loader.Native;
using Netpol.Loader.State;

namespace Netpol.Loader.Generations;

/// <summary>
/// The stubs for the slot that the next container will be given, loaded and pinned ahead: a stub knows nothing of its container but the
/// slot. An attachment that finds none loads them itself.
/// </summary>
internal sealed class SpareStubs(PinFolder pins, Generation generation)
{
    private const string From = "from";
    private const string To = "to";

    internal ProgramPair? TryOpen(int slot)
    {
        var from = TryOpen(slot, From);
        if (from is null)
        {
            return null;
        }

        if (TryOpen(slot, To) is { } to)
        {
            return new ProgramPair(from, to);
        }

        from.Dispose();
        return null;
    }

    /// <summary>Makes the spare for the slot, if there is none, and drops those of other slots.</summary>
    internal void Provide(int slot, StateFolder state)
    {
        foreach (var name in new[] { From, To })
        {
            foreach (var old in pins.SpareStubs(generation.Number, name).Where(old => old != Pin(slot, name)).ToArray())
            {
                File.Delete(old);
            }
        }

        if (File.Exists(Pin(slot, From)) && File.Exists(Pin(slot, To)))
        {
            return;
        }

        using EndpointPrograms programs = new(generation.StubTemplates, generation.Maps, generation.Number, state);
        using var stubs = programs.LoadStubs(slot);
        stubs.FromEndpoint.Pin(Pin(slot, From));
        stubs.ToEndpoint.Pin(Pin(slot, To));
    }

    private BpfProgram? TryOpen(int slot, string name) => BpfProgram.TryOpenPinned(Pin(slot, name), name);

    private string Pin(int slot, string name) => pins.SpareStub(generation.Number, slot, name);
}
