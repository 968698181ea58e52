using System.Collections.Immutable;

namespace Netpol.Loader.Classes;

/// <summary>Remembers the classes that were found on the node, in the order of their ids.</summary>
internal interface IClassStore
{
    ImmutableArray<AddressClass> Read();

    /// <summary>Takes an id for the class, which counts once <paramref name="publish"/> has returned; an id is never given twice.</summary>
    void Add(AddressClass added, Action publish);

    /// <summary>The class is judged here once <paramref name="publish"/> has returned.</summary>
    void Judge(AddressClass judged, Action publish);

    /// <summary>The highest id ever taken; 0: none.</summary>
    int LastId { get; }
}
