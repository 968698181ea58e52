using System.Collections.Immutable;
using Netpol.Loader.Classes;
using Netpol.Loader.State;

namespace Netpol.Loader.Live;

/// <summary>
/// The classes of a node with a count of the addresses that are of each. One that nothing is of any more is retired: nobody finds it, and
/// its entries of tables and its id are free once no packet has read such an address.
/// </summary>
internal sealed class LiveClasses
{
    // Of the file, below which it is left as it is.
    private const int LeastCompacted = 1 << 18;
    private const int TypicalRecord = 64;

    private readonly string _path;
    private readonly ILiveVerdicts _verdicts;
    private readonly Dictionary<Content, LiveClass> _byContent = [];
    private readonly Dictionary<int, LiveClass> _byId = [];
    private readonly Stack<int> _freeIds = [];
    private ClassFile _file;
    private int _lastId;

    /// <param name="prefixes">Classes of the split address space, whose ids come first.</param>
    internal LiveClasses(string path, int prefixes, ILiveVerdicts verdicts)
    {
        (_path, _verdicts, _file) = (path, verdicts, new ClassFile(path));
        _lastId = Math.Max(_file.LastId, prefixes);
        foreach (var known in _file.Read())
        {
            // Those of the node's own addresses stay as long as the generation does: there are few.
            Know(new LiveClass(known) { Addresses = known.IsEndpoint ? 0 : 1 });
        }
    }

    internal int Count => _byId.Count;

    /// <summary>What other processes see of this one's changes.</summary>
    internal long FileLength => _file.Length;

    /// <summary>Null: none of the classes that are known.</summary>
    internal LiveClass? Find(uint id) => _byId.GetValueOrDefault((int)id);

    /// <summary>
    /// Learns what another process has added to the file. What is returned is as of <see cref="ILiveVerdicts.LeaveForeign"/>; null: it has done
    /// more than add.
    /// </summary>
    internal Action? TryFollow()
    {
        ClassFile file = new(_path);
        var present = file.Read();
        if (present.Count(each => _byId.TryGetValue(each.Id, out var ours) && ours.Class.IsAlike(each)) != _byId.Count)
        {
            return null;
        }

        var free = _verdicts.LeaveForeign();
        foreach (var each in present)
        {
            if (!_byId.TryGetValue(each.Id, out var ours))
            {
                _verdicts.Publish(each);
                Know(new LiveClass(each) { Addresses = each.IsEndpoint ? 0 : 1 });
            }
            else if (each.IsJudged && !ours.Class.IsJudged)
            {
                _verdicts.Judge(each);
                ours.Class = each;
            }
        }

        (_file, _lastId) = (file, Math.Max(_lastId, file.LastId));
        return free;
    }

    /// <summary>The class of an endpoint's address, counted once more.</summary>
    /// <param name="isHere">It is judged by this node.</param>
    internal LiveClass Acquire(ImmutableArray<int> bits, ImmutableArray<ClassPort> ports, bool isHere)
    {
        if (!_byContent.TryGetValue(new Content(bits, ports, IsEndpoint: true), out var found))
        {
            Compact();
            var id = _freeIds.TryPop(out var free) ? free : ++_lastId;
            found = new LiveClass(new AddressClass(id, bits, IsEndpoint: true, isHere, ports));
            _file.Add(found.Class, () => _verdicts.Publish(found.Class));
            Know(found);
        }
        else if (isHere && !found.Class.IsJudged)
        {
            var judged = found.Class with { IsJudged = true };
            _file.Judge(judged, () => _verdicts.Judge(judged));
            found.Class = judged;
        }

        found.Addresses++;
        return found;
    }

    /// <summary>One address less is of each. What is returned frees what nobody is of, once no program has read such an address; null: nothing.</summary>
    internal Action? Release(IEnumerable<LiveClass> classes)
    {
        List<LiveClass> gone = [];
        foreach (var each in classes)
        {
            if (--each.Addresses == 0)
            {
                gone.Add(each);
            }
        }

        return Retire(gone);
    }

    /// <summary>As <see cref="Release"/>, of those that nothing was ever of.</summary>
    internal Action? RetireUnused() => Retire([.. _byId.Values.Where(each => each.Addresses == 0)]);

    private Action? Retire(List<LiveClass> gone)
    {
        if (gone.Count == 0)
        {
            return null;
        }

        _file.Retire(gone.Select(each => each.Class.Id).ToHashSet());
        foreach (var each in gone)
        {
            _byContent.Remove(new Content(each.Class));
            _byId.Remove(each.Class.Id);
        }

        var free = _verdicts.Retire([.. gone.Select(each => each.Class)]);
        return () =>
        {
            free();
            gone.ForEach(each => _freeIds.Push(each.Class.Id));
        };
    }

    private void Know(LiveClass known)
    {
        _byContent.TryAdd(new Content(known.Class), known);
        _byId.Add(known.Class.Id, known);
    }

    /// <summary>Leaves out what is retired, once that is most of the file.</summary>
    private void Compact()
    {
        if (_file.Length > LeastCompacted + (4L * TypicalRecord * _byId.Count))
        {
            StateFile.Replace(_path, ClassFile.Bytes(_byId.Values.Select(each => each.Class)));
            _file = new ClassFile(_path);
        }
    }

    private readonly record struct Content(ImmutableArray<int> Bits, ImmutableArray<ClassPort> Ports, bool IsEndpoint)
    {
        internal Content(AddressClass of)
            : this(of.Bits, of.Ports, of.IsEndpoint)
        {
        }

        public bool Equals(Content other) =>
            IsEndpoint == other.IsEndpoint && Bits.AsSpan().SequenceEqual(other.Bits.AsSpan()) && Ports.AsSpan().SequenceEqual(other.Ports.AsSpan());

        public override int GetHashCode()
        {
            HashCode hash = default;
            foreach (var bit in Bits)
            {
                hash.Add(bit);
            }

            foreach (var port in Ports)
            {
                hash.Add(port);
            }

            return hash.ToHashCode();
        }
    }
}

internal sealed class LiveClass(AddressClass of)
{
    internal AddressClass Class { get; set; } = of;

    /// <summary>So many are of it.</summary>
    internal int Addresses { get; set; }
}
