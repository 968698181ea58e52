using System.Diagnostics;
using Netpol.Compiler.Ir;

namespace Netpol.Compiler.Passes;

/// <summary>
/// Drops sets and port names that nothing asks for any more, and numbers the others without gaps: their numbers
/// become the bits of the memberships. Marks those that no verdict asks for.
/// <code>
/// s0 = world, s1 = nodes, s2 = any          s0 = world, s1 = any
/// allow #1 when peer in s2             =>   allow #1 when peer in s1
/// </code>
/// </summary>
public sealed class DropUnusedSets : IPass
{
    public string Name => "drop-unused-sets";

    public DecisionProgram Run(DecisionProgram program)
    {
        var atoms = Atoms(program).ToList();
        var ofVerdicts = atoms.OfType<Condition.PeerIn>().Select(atom => atom.Set.Index)
            .Concat(atoms.OfType<Condition.SelfIn>().Select(atom => atom.Set.Index))
            .Concat(program.Policies.Select(policy => policy.For.Index)).ToHashSet();
        var sets = Renumber(ofVerdicts
            .Concat(program.Services.Where(service => service.Backends is not null).Select(service => service.Backends.GetValueOrDefault().Index))
            .Concat(program.Samples.Where(sample => sample.For is not null).Select(sample => sample.For.GetValueOrDefault().Index)));
        var names = Renumber(atoms.OfType<Condition.PortNamed>().Select(atom => atom.Name));

        SetId Moved(SetId id) => new(sets[id.Index]);
        var moved = program.Conditions(condition => Rewriting.BottomUp(condition, node => node switch
        {
            Condition.SelfIn self => new Condition.SelfIn(Moved(self.Set)),
            Condition.PeerIn peer => new Condition.PeerIn(Moved(peer.Set)),
            Condition.PortNamed named => new Condition.PortNamed(names[named.Name]),
            _ => node,
        }));
        return moved with
        {
            Sets = [.. program.Sets.Where(set => sets.ContainsKey(set.Id.Index))
                .Select(set => set with { Id = Moved(set.Id), IsOutsideVerdicts = !ofVerdicts.Contains(set.Id.Index) })],
            PortNames = [.. program.PortNames.Where((_, index) => names.ContainsKey(index))],
            Policies = [.. program.Policies.Select(policy => policy with { For = Moved(policy.For) })],
            Services = [.. program.Services.Select(service =>
                service with { Backends = service.Backends is { } set ? Moved(set) : null })],
            Samples = [.. program.Samples.Select(sample => sample with { For = sample.For is { } set ? Moved(set) : null })],
        };
    }

    private static Dictionary<int, int> Renumber(IEnumerable<int> used) =>
        used.Distinct().Order().Select((old, index) => (old, index)).ToDictionary(pair => pair.old, pair => pair.index);

    private static IEnumerable<Condition> Atoms(DecisionProgram program) =>
        new[] { program.Egress, program.Ingress }.SelectMany(direction =>
            Atoms(direction.Isolated).Concat(Atoms(direction.Steps)));

    private static IEnumerable<Condition> Atoms(IEnumerable<Step> steps) => steps.SelectMany(step => step switch
    {
        Step.Clause clause => Atoms(clause.When),
        Step.Guarded guarded => Atoms(guarded.When).Concat(Atoms(guarded.Steps)),
        _ => throw new UnreachableException(),
    });

    internal static IEnumerable<Condition> Atoms(Condition condition) => condition switch
    {
        Condition.Not not => Atoms(not.Inner),
        Condition.And and => and.Parts.SelectMany(Atoms),
        Condition.Or or => or.Parts.SelectMany(Atoms),
        _ => [condition],
    };
}
