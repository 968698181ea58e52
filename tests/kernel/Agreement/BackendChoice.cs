using System.Collections.Immutable;
using Netpol.Model;
using Netpol.Semantics;
using Netpol.Tests.Kernel.Datapath;

namespace Netpol.Tests.Kernel.Agreement;

/// <summary>Of all backends that a connection could be given the one that it must be given: by its client's affinity, or by a maglev table.</summary>
internal sealed class BackendChoice(NetworkModel model)
{
    private readonly Dictionary<(string Service, Address Client), Address> _affine = [];

    internal int Affine { get; private set; }

    internal int ByTable { get; private set; }

    /// <summary>The judgements that are left: one where the choice is known.</summary>
    internal ImmutableArray<Judgement> Narrow(Trial trial, ImmutableArray<Judgement> judgements)
    {
        if (judgements[0].Translation?.Service is not { } service)
        {
            return judgements;
        }

        if (service.Affinity is not null && _affine.TryGetValue((service.Name, trial.Flow.Source), out var backend)
            && judgements.FirstOrDefault(judgement => judgement.Translation?.Backend == backend) is { } affine)
        {
            Affine++;
            return [affine];
        }

        if (service.Balance != BalanceAlgorithm.Maglev)
        {
            return judgements;
        }

        ByTable++;
        var flow = trial.Flow;
        var positions = Maglev.Positions(model, service, flow.Family);
        var table = Maglev.Table([.. judgements.Select(judgement => judgement.Translation).OfType<Translation>().Select(to => (to.Backend, to.BackendPort, WeightOf(to)))], positions);
        var (clientPort, servicePort) = service.Affinity is null ? (trial.Packet.SourcePort, flow.Traffic.Port) : ((ushort)0, (ushort)0);
        return [judgements[table[Maglev.PositionOf(positions, flow.Source, clientPort, flow.Destination, servicePort, flow.Traffic.Protocol, attempt: 0)]]];
    }

    /// <summary>A connection that was allowed keeps its client on its backend.</summary>
    internal void Note(Trial trial, ImmutableArray<Judgement> judgements, Outcome outcome)
    {
        if (outcome.Exit is Exit.Peer or Exit.Stack or Exit.Straight && judgements[0].Translation?.Service is { Affinity: not null } service)
        {
            _affine[(service.Name, trial.Flow.Source)] = Address.From(outcome.Packet.Destination);
        }
    }

    private static int WeightOf(Translation to) => to.Service.Backends is BackendSource.Literal literal
        ? literal.Backends.First(backend => backend.Address == to.Backend).Weight
        : 1;
}
