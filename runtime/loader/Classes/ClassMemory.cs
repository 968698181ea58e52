using System.Collections.Immutable;

namespace Netpol.Loader.Classes;

/// <summary>Classes of a generation that is being made, and of tests.</summary>
internal sealed class ClassMemory : IClassStore
{
    private readonly List<AddressClass> _classes = [];

    public int LastId { get; private set; }

    public ImmutableArray<AddressClass> Read() => [.. _classes];

    public void Add(AddressClass added, Action publish)
    {
        LastId = added.Id;
        publish();
        _classes.Add(added);
    }

    public void Judge(AddressClass judged, Action publish)
    {
        publish();
        _classes[_classes.FindIndex(each => each.Id == judged.Id)] = judged;
    }
}
