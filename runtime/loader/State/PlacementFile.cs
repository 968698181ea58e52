using System.Collections.Immutable;
using Netpol.Bundle;

namespace Netpol.Loader.State;

/// <summary>
/// The manifest without what only builds and observers read, as a file that an attachment reads in microseconds: no text, and none of
/// the serialiser's knowledge of types, which costs a short-lived process more than all else it does.
/// </summary>
internal static partial class PlacementFile
{
    internal const string FileName = "placement.bin";

    private const uint Magic = 0x4c50_4e17;

    internal static byte[] Write(Manifest manifest)
    {
        using MemoryStream stream = new();
        using BinaryWriter to = new(stream);
        to.Write(Magic);
        to.Write(manifest.Digest);
        to.Write(manifest.Features.Ipv4);
        to.Write(manifest.Features.Ipv6);
        to.Write(manifest.Features.Services);
        to.Write(manifest.Features.PortNames);
        to.Write(manifest.Features.Tiers);
        to.Write(manifest.Layout.MemberWords);
        to.Write(manifest.Layout.PortNameWords);
        to.Write(manifest.Layout.Classes);
        to.WriteList([.. manifest.Namespaces], pair =>
        {
            to.Write(pair.Key);
            to.WriteList([.. pair.Value], label =>
            {
                to.Write(label.Key);
                to.Write(label.Value);
            });
        });
        to.WriteList(manifest.Sets, set =>
        {
            to.Write(set.Bit);
            to.Write(set.Name);
            Write(to, set.Expression);
            to.Write(set.IsOutsideVerdicts);
        });
        to.WriteList(manifest.PortNames, to.Write);
        to.WriteList(manifest.Policies, policy =>
        {
            to.Write(policy.Name);
            to.Write(policy.Bit);
            to.Write(policy.IsolatesIngress);
            to.Write(policy.IsolatesEgress);
            to.Write(policy.File);
            to.Write(policy.Line);
            to.Write(policy.Column);
        });
        to.WriteList(manifest.Services, service => Write(to, service));
        to.WriteList(manifest.Observe.Flows, sample =>
        {
            to.Write(sample.OneIn);
            to.Write(sample.Bit ?? -1);
        });
        to.Write(manifest.Verdicts.Kind);
        to.WriteList(manifest.Assumptions ?? [], assumption =>
        {
            Write(to, assumption.Endpoints);
            to.Write(assumption.File);
            to.Write(assumption.Line);
            to.Write(assumption.Column);
            to.Write(assumption.Text);
        });
        to.WriteList(manifest.NodeRanges ?? [], to.Write);
        to.Flush();
        return stream.ToArray();
    }

    internal static Manifest Read(byte[] content)
    {
        using BinaryReader from = new(new MemoryStream(content));
        if (from.ReadUInt32() != Magic)
        {
            throw new LoaderException("what the state folder keeps of the bundle is of another version; load the bundle again");
        }

        var digest = from.ReadString();
        FeatureSet features = new(from.ReadBoolean(), from.ReadBoolean(), from.ReadBoolean(), from.ReadBoolean()) { Tiers = from.ReadBoolean() };
        MapLayout layout = new(from.ReadInt32(), from.ReadInt32(), from.ReadInt32(), [], "");
        return new Manifest(
            Manifest.CurrentSchema,
            digest,
            Backend: "",
            Object: "",
            Sources: [],
            features,
            layout,
            from.ReadList(() => KeyValuePair.Create(
                from.ReadString(),
                from.ReadList(() => KeyValuePair.Create(from.ReadString(), from.ReadString())).ToImmutableSortedDictionary(StringComparer.Ordinal)))
                .ToImmutableSortedDictionary(StringComparer.Ordinal),
            from.ReadList(() => new SetEntry(from.ReadInt32(), from.ReadString(), ReadSet(from)) { IsOutsideVerdicts = from.ReadBoolean() }),
            Classes: [],
            Prefixes: [],
            from.ReadList(from.ReadString),
            from.ReadList(() => new PolicyEntry(
                from.ReadString(), from.ReadInt32(), from.ReadBoolean(), from.ReadBoolean(), from.ReadString(), from.ReadInt32(),
                from.ReadInt32())),
            Rules: [],
            from.ReadList(() => ReadService(from)),
            new ObserveEntry(Drops: false, from.ReadList(() => new FlowSampleEntry(from.ReadUInt32(), ReadNumber(from)))),
            new VerdictEntry(from.ReadString(), Reason: "", Digest: ""))
        {
            Assumptions = from.ReadList(() => new AssumptionEntry(
                ReadSet(from), from.ReadString(), from.ReadInt32(), from.ReadInt32(), from.ReadString())) is { IsEmpty: false } assumptions
                ? assumptions
                : null,
            NodeRanges = from.ReadList(from.ReadString) is { IsEmpty: false } ranges ? ranges : null,
        };
    }

    private static void Write(BinaryWriter to, ServiceEntry service)
    {
        to.Write(service.Id);
        to.Write(service.Name);
        to.WriteList(service.Addresses, to.Write);
        to.WriteList(service.Ports, port =>
        {
            to.Write(port.Id);
            WriteOptional(to, port.Name);
            to.Write(port.Protocol);
            to.Write(port.Port);
            to.Write(port.TargetPort ?? -1);
            WriteOptional(to, port.TargetName);
        });
        to.Write(service.BackendSet ?? -1);
        to.WriteList(service.Backends, backend =>
        {
            to.Write(backend.Address);
            to.Write(backend.Weight);
        });
        to.Write(service.Maglev?.Ipv4 ?? -1);
        to.Write(service.Maglev?.Ipv6 ?? -1);
        to.Write(service.LeastConnections);
        to.Write(service.Affinity ?? -1);
        to.Write(service.Drain ?? -1);
        to.Write(service.InsideLocal);
        to.Write(service.OutsideLocal);
        to.WriteList(service.NodePorts ?? [], port =>
        {
            to.Write(port.Port);
            to.Write(port.Number);
        });
        to.WriteList(service.LoadBalancers ?? [], balancer =>
        {
            to.WriteList(balancer.Addresses, to.Write);
            to.Write(balancer.Sources is not null);
            to.WriteList(balancer.Sources ?? [], source =>
            {
                to.Write(source.Prefix);
                to.Write(source.IsIn);
            });
        });
        to.WriteList(service.Locality ?? [], to.Write);
    }

    private static ServiceEntry ReadService(BinaryReader from) => new(
        from.ReadInt32(),
        from.ReadString(),
        from.ReadList(from.ReadString),
        from.ReadList(() => new ServicePortEntry(
            from.ReadInt32(), ReadOptional(from), from.ReadString(), from.ReadInt32(), ReadNumber(from), ReadOptional(from))),
        ReadNumber(from),
        from.ReadList(() => new BackendEntry(from.ReadString(), from.ReadInt32())))
    {
        Maglev = (ReadNumber(from), ReadNumber(from)) is ({ } positions4, { } positions6) ? new MaglevEntry(positions4, positions6) : null,
        LeastConnections = from.ReadBoolean(),
        Affinity = ReadNumber(from),
        Drain = ReadNumber(from),
        InsideLocal = from.ReadBoolean(),
        OutsideLocal = from.ReadBoolean(),
        NodePorts = from.ReadList(() => new NodePortEntry(from.ReadInt32(), from.ReadInt32())) is { IsEmpty: false } nodePorts ? nodePorts : null,
        LoadBalancers = from.ReadList(() => ReadBalancer(from)) is { IsEmpty: false } balancers ? balancers : null,
        Locality = from.ReadList(from.ReadString) is { IsEmpty: false } localities ? localities : null,
    };

    private static LoadBalancerEntry ReadBalancer(BinaryReader from)
    {
        var addresses = from.ReadList(from.ReadString);
        var hasSources = from.ReadBoolean();
        var sources = from.ReadList(() => new SourceEntry(from.ReadString(), from.ReadBoolean()));
        return new LoadBalancerEntry(addresses, hasSources ? sources : null);
    }

    private static void WriteOptional(BinaryWriter to, string? text)
    {
        to.Write(text is not null);
        to.Write(text ?? "");
    }

    private static string? ReadOptional(BinaryReader from)
    {
        var isThere = from.ReadBoolean();
        var text = from.ReadString();
        return isThere ? text : null;
    }

    private static int? ReadNumber(BinaryReader from) => from.ReadInt32() is var number && number >= 0 ? number : null;
}
