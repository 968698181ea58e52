using System.Runtime.InteropServices;
using Netpol.Loader.Native;

namespace Netpol.Loader.Classes;

/// <summary><c>class_members</c>: what generated code knows of a class.</summary>
internal sealed class ClassMembers(BpfMap map) : IClassPublisher
{
    internal const string MapName = "class_members";

    public void Publish(AddressClass added, IReadOnlyList<AddressClass> earlier)
    {
        if (added.Id >= map.MaxEntries)
        {
            throw new TablesFullException($"the node knows {map.MaxEntries} address classes, and there is no room for more");
        }

        var key = added.Id;
        map.Update(BpfMap.Bytes(ref key), MemoryMarshal.AsBytes<ulong>(Words(added)));
    }

    /// <summary>Code asks what either end is in, and of nothing else.</summary>
    public void Judge(AddressClass judged, IReadOnlyList<AddressClass> all)
    {
    }

    internal void Fill(IReadOnlyList<AddressClass> classes)
    {
        if (classes.Count == 0)
        {
            return;
        }

        var keys = classes.Select(each => each.Id).ToArray();
        var words = classes.SelectMany(Words).ToArray();
        map.UpdateMany(MemoryMarshal.AsBytes<int>(keys), MemoryMarshal.AsBytes<ulong>(words), keys.Length);
    }

    private ulong[] Words(AddressClass of)
    {
        var words = new ulong[map.ValueSize / sizeof(ulong)];
        foreach (var bit in of.Bits)
        {
            words[bit / 64] |= 1UL << (bit % 64);
        }

        return words;
    }
}
