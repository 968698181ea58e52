using System.Collections.Immutable;
using Netpol.Compiler.Ir;
using Netpol.Model;

namespace Netpol.Compiler.Lowering;

/// <summary>Collects the sets of a program; one that is built like an earlier one is that one.</summary>
internal sealed class SetTable
{
    private readonly Dictionary<string, int> _bySpelling = new(StringComparer.Ordinal);
    private readonly List<MemberSet> _sets = [];

    private readonly SetNormalizer _normalizer = new();

    /// <summary>Where what is asked for is noted, if anybody wants to know.</summary>
    public ICollection<SetRequest>? Requests { get; set; }

    public int Count => _sets.Count;

    public MemberSet this[SetId id] => _sets[id.Index];

    public NormalForm Normalize(AddressSet set) => _normalizer.Normalize(set);

    /// <param name="set">Without <c>same namespace</c> and services.</param>
    public SetId Add(AddressSet set) => Add(set, Normalize(set));

    /// <param name="set">As it was written.</param>
    public SetId Add(AddressSet set, NormalForm form)
    {
        var name = (set as AddressSet.Named)?.Name;
        if (_bySpelling.TryGetValue(form.Spelling, out var index))
        {
            // A set first met in place may have a name elsewhere.
            if (name is not null && _sets[index].Name is null)
            {
                _sets[index] = _sets[index] with { Name = name };
            }

            Requests?.Add(new SetRequest(new SetId(index), name));
            return new SetId(index);
        }

        index = _sets.Count;
        _bySpelling.Add(form.Spelling, index);
        _sets.Add(new MemberSet(new SetId(index), name, form.Set, form.Spelling));
        Requests?.Add(new SetRequest(new SetId(index), name));
        return new SetId(index);
    }

    public ImmutableArray<MemberSet> ToImmutable() => [.. _sets];
}

/// <param name="Name">Of the group by which it was asked for; null: by none.</param>
internal readonly record struct SetRequest(SetId Set, string? Name);
