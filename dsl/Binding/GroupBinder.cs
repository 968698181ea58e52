using System.Collections.Immutable;
using Netpol.Diagnostics;
using Netpol.Model;
using Netpol.Syntax;

namespace Netpol.Binding;

/// <summary>Groups with the groups they are made of, each bound once, in whatever order they refer to each other.</summary>
internal sealed class GroupBinder
{
    public const int DeepestGroup = 64;

    public const int MostParts = 100_000;

    private readonly BuildScope _build;
    private readonly SetBinder _sets;
    private readonly Dictionary<string, BoundGroup?> _bound = new(StringComparer.Ordinal);
    private readonly List<string> _path = [];
    private bool _isExcessReported;

    public GroupBinder(BuildScope build) => (_build, _sets) = (build, new SetBinder(this));

    public SetBinder Sets => _sets;

    public ImmutableArray<Group> BindAll() =>
        [.. _build.Groups.Declarations.Select(Bind).OfType<BoundGroup>().Select(bound => bound.Group)];

    /// <summary>The group of a name; null where there is none or it is wrong, which is then reported.</summary>
    public Group? Find(FileScope file, Spelled<string> name)
    {
        var group = Found(file, name);
        _build.Recollection.Note(NameKind.Group, name.Value, group?.Set);
        return group;
    }

    /// <summary>What is noted of a group's name: the set of the group, which whoever names it shares.</summary>
    public AddressSet? MeaningOf(FileScope file, string name) => Found(file, name)?.Set;

    private Group? Found(FileScope file, Spelled<string> name)
    {
        if (_build.Groups.Find(name.Value) is not { } declared)
        {
            _build.ReportUnknown(file, _build.Groups, name);
            return null;
        }

        var start = _path.IndexOf(name.Value);
        if (start < 0)
        {
            return Bind(declared)?.Group;
        }

        var chain = string.Join(" -> ", _path.Skip(start).Append(name.Value).Select(part => $"`{part}`"));
        file.Report(BindingDiagnostics.Cycle, name.Span, "group", name.Value, chain);
        return null;
    }

    private BoundGroup? Bind(Declared<GroupSyntax> declared)
    {
        var name = declared.Name.Value;
        if (_bound.TryGetValue(name, out var known))
        {
            return known;
        }

        BoundGroup? bound = null;
        if (_path.Count >= DeepestGroup)
        {
            ReportDepth(declared);
        }
        else
        {
            _path.Add(name);
            bound = _build.Recollection.Bind(
                declared.File, declared.Syntax, () => BindAnew(declared), static (known, lines) => known with { Group = Moving.Moved(known.Group, lines) });
            _path.RemoveAt(_path.Count - 1);
        }

        _bound[name] = bound;
        return bound;
    }

    private BoundGroup? BindAnew(Declared<GroupSyntax> declared)
    {
        var file = declared.File;
        return Measured(declared, new Group(
            declared.Name.Value, _sets.Bind(file, declared.Syntax.Set, SetPlace.Group), file.OriginOf(declared.Syntax), declared.Syntax.Documentation));
    }

    // Later stages walk groups as trees, so what is written out must stay of a bearable size.
    private BoundGroup? Measured(Declared<GroupSyntax> declared, Group group)
    {
        var (depth, parts) = Measure(group.Set);
        if (depth >= DeepestGroup)
        {
            ReportDepth(declared);
            return null;
        }

        if (parts > MostParts)
        {
            ReportOnce(BindingDiagnostics.TooLargeGroup.At(declared.File.Source, declared.Name.Span, group.Name, MostParts));
            return null;
        }

        return new BoundGroup(group, depth + 1, parts);
    }

    private (int Depth, long Parts) Measure(AddressSet set) => set switch
    {
        AddressSet.Named named => _bound.GetValueOrDefault(named.Name) is { } bound ? (bound.Depth, bound.Parts + 1) : (1, 1),
        AddressSet.Union union => Measure(union.Parts),
        AddressSet.Intersection intersection => Measure(intersection.Parts),
        AddressSet.Difference difference => Measure([difference.Left, difference.Right]),
        _ => (0, 1),
    };

    private (int Depth, long Parts) Measure(ImmutableArray<AddressSet> sets)
    {
        var (depth, parts) = (0, 1L);
        foreach (var set in sets)
        {
            var measured = Measure(set);
            (depth, parts) = (Math.Max(depth, measured.Depth), parts + measured.Parts);
        }

        return (depth, parts);
    }

    private void ReportDepth(Declared<GroupSyntax> declared) => ReportOnce(
        BindingDiagnostics.TooDeep.At(declared.File.Source, declared.Name.Span, "group", declared.Name.Value, DeepestGroup));

    // Where one group of a chain is too much, many are; the first says it for all.
    private void ReportOnce(Diagnostic diagnostic)
    {
        if (!_isExcessReported)
        {
            _build.Report(diagnostic);
            _isExcessReported = true;
        }
    }

    /// <param name="Depth">1 for a group that is made of no other.</param>
    /// <param name="Parts">Sets in it with the groups written out.</param>
    private sealed record BoundGroup(Group Group, int Depth, long Parts);
}
