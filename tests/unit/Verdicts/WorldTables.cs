using System.Collections.Immutable;
using Netpol.Bundle.Verdicts;
using Netpol.Compiler.Ir;
using Netpol.Loader.Classes;
using Netpol.Loader.Verdicts;
using Netpol.Model;
using Netpol.Semantics;
using Netpol.Tests.Unit.Compiler;

namespace Netpol.Tests.Unit.Verdicts;

/// <summary>The tables of one node of a universe, classes found by the evaluator's own word on who is in which set, as that node sees it.</summary>
internal sealed class WorldTables
{
    private readonly DecisionProgram _program;
    private readonly Evaluator _evaluator;
    private readonly Universe _universe;
    private readonly ImmutableArray<AddressClass> _prefixes;
    private readonly List<AddressClass> _onNode = [];
    private readonly TableReader _tables = new();
    private readonly VerdictTerms _terms;
    private readonly Endpoint? _here;

    internal WorldTables(DecisionProgram program, VerdictTerms terms, Evaluator evaluator, Universe universe, bool isWhole)
    {
        (_program, _evaluator, _universe, _terms) = (program, evaluator, universe, terms);
        _here = universe.Endpoints.FirstOrDefault(IsHere);
        _prefixes = PrefixClasses.Of(terms.Classes);
        foreach (var address in universe.Endpoints.SelectMany(endpoint => endpoint.Addresses).Concat(universe.Nodes.SelectMany(node => node.Addresses)))
        {
            foreach (var isNodeItself in new[] { true, false })
            {
                _ = ClassOf(evaluator.Members.At(universe, address, isNodeItself), isWhole);
            }
        }

        if (isWhole)
        {
            _tables.Add(VerdictDraft.Whole(terms, [.. _onNode]));
        }
    }

    internal static bool IsHere(Endpoint endpoint) => endpoint.Node == RandomWorld.ThisNode;

    internal IrVerdict Judge(Flow flow, Translation? translation, Direction direction, Func<int, bool> isSpent)
    {
        var source = _evaluator.Members.At(_universe, flow.Source, flow.IsFromNodeSocket);
        var destination = _evaluator.Members.At(_universe, translation?.Backend ?? flow.Destination, isNodeItself: true);
        var (self, peer) = direction == Direction.Egress ? (source, destination) : (destination, source);
        var traffic = translation is null ? flow.Traffic : Traffic.To(translation.ServicePort.Protocol, translation.BackendPort);
        var service = direction == Direction.Egress && translation is not null
            ? _program.Services.Single(binding => binding.Service.Name == translation.Service.Name).Id : 0;
        var (space, value) = Space(flow.Family, traffic);
        return _tables.Judge(
            ClassOf(self, isKnown: true), ClassOf(peer, isKnown: true).Id,
            peer.Endpoint is not null && peer.Endpoint.Namespace == self.Endpoint?.Namespace,
            direction == Direction.Ingress, space, value, service, translation?.ServicePort.Port ?? 0, IsIsolated(self, direction),
            direction == Direction.Ingress && source.Node is not null && source.Node == self.Endpoint?.Node, isSpent);
    }

    private bool IsIsolated(Party self, Direction direction) => _program.Policies.Any(policy =>
        (direction == Direction.Egress ? policy.IsolatesEgress : policy.IsolatesIngress)
        && _evaluator.Members.Contains(_program[policy.For].Expression, self, _here));

    private AddressClass ClassOf(Party party, bool isKnown)
    {
        ImmutableArray<int> bits = [.. _program.Sets.Where(set => _evaluator.Members.Contains(set.Expression, party, _here)).Select(set => set.Id.Index)];
        ImmutableArray<ClassPort> ports = party.Endpoint is null ? [] :
        [
            .. from port in party.Endpoint.Ports
               let name = _program.PortNames.IndexOf(port.Name)
               where name >= 0
               let space = Space(IpFamily.V4, Traffic.To(port.Protocol, port.Port)).Space
               orderby name, space, port.Port
               select new ClassPort(name, space, port.Port),
        ];
        AddressClass wanted = new(_prefixes.Length + _onNode.Count + 1, bits, party.Endpoint is not null, party.Endpoint is { } judged && IsHere(judged), ports);
        if (_prefixes.Concat(_onNode).FirstOrDefault(wanted.IsAlike) is { } known)
        {
            return wanted.IsJudged && !known.IsJudged ? Judge(known, isKnown) : known;
        }

        if (!isKnown)
        {
            _tables.Add(VerdictDraft.Addition(_terms, _onNode, wanted, _tables.End));
        }

        _onNode.Add(wanted);
        return wanted;
    }

    private AddressClass Judge(AddressClass known, bool isKnown)
    {
        if (!isKnown)
        {
            _tables.Add(VerdictDraft.Judgement(_terms, _onNode, known, _tables.End));
        }

        return _onNode[_onNode.IndexOf(known)] = known with { IsJudged = true };
    }

    private static (TrafficSpace Space, int Value) Space(IpFamily family, Traffic traffic) => ((Protocol)traffic.Protocol, family) switch
    {
        (Protocol.Tcp, _) => (TrafficSpace.Tcp, traffic.Port),
        (Protocol.Udp, _) => (TrafficSpace.Udp, traffic.Port),
        (Protocol.Sctp, _) => (TrafficSpace.Sctp, traffic.Port),
        (Protocol.Icmp, IpFamily.V4) => (TrafficSpace.Icmp, traffic.IcmpType << 8 | traffic.IcmpCode),
        (Protocol.IcmpV6, IpFamily.V6) => (TrafficSpace.Icmpv6, traffic.IcmpType << 8 | traffic.IcmpCode),
        (_, IpFamily.V4) => (TrafficSpace.Other4, traffic.Protocol),
        _ => (TrafficSpace.Other6, traffic.Protocol),
    };
}
