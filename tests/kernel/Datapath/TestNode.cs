using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Netpol.Bench;
using Netpol.Loader.Abi;
using Netpol.Loader.Classes;
using Netpol.Loader.Generations;
using Netpol.Loader.Native;
using Netpol.Loader.Tables;
using Netpol.Loader.Templates;
using Netpol.Testing.Packets;

namespace Netpol.Tests.Kernel.Datapath;

/// <summary>
/// A node's maps and programs without devices: packets are judged by BPF_PROG_TEST_RUN. Nothing is pinned, so nothing
/// is left behind. A redirect shows in the record that finish() leaves, as TEST_RUN only answers 7.
/// </summary>
internal sealed unsafe class TestNode : IDisposable
{
    internal const uint Generation = 1;
    internal const int AnswerNext = -1, AnswerDrop = 2, AnswerRedirect = 7;

    private readonly BpfObject _object;
    private readonly TemplateSet _templates;
    private readonly Dictionary<string, BpfMap> _maps;
    private readonly List<Container> _containers = [];
    private readonly Dictionary<string, uint> _classes = [];
    private uint _nextEndpoint = 1;

    internal TestNode(byte[] elf)
    {
        _object = BpfObject.Open(elf, "the test's object");
        _object.SetConstants(ConnectionTable.SecretSection, ConnectionTable.NewSecret());
        _object.Load();
        _templates = _object.Templates();
        _maps = _object.MapNames.ToDictionary(name => name, _object.Map);
        Maps = MapSet.OfObject(_object);
        GenerationBuilder.PutShared(_object, this["programs"], isStraight: false);

        SetGeneration(Generation);
        SetEpoch(1);
        // Every processor finds its record here before a run, so that the one that ran is known.
        ClearRecords();
        AddPrefix("0.0.0.0/0");
        AddPrefix("::/0");
    }

    /// <summary>The maps as the loader's tables want them.</summary>
    internal MapSet Maps { get; }

    /// <summary>The object's programs as the kernel takes them.</summary>
    internal TemplateSet Templates => _templates;

    internal BpfMap this[string map] => _maps[map];

    internal bool HasMap(string map) => _maps.ContainsKey(map);

    internal BpfProgram SharedProgram(string name) => BpfProgram.OpenById(
        ProgramIdOf(_object.ProgramDescriptor(name) ?? throw new InvalidOperationException($"no program {name}")), name);

    internal void GoStraight() => GenerationBuilder.PutShared(_object, this["programs"], isStraight: true);

    internal void SetGeneration(uint generation) => this["control"].Update(new byte[4], [.. BitConverter.GetBytes(generation), 0, 0, 0, 0]);

    /// <param name="policy">The epoch at which rules changed last; null: this one.</param>
    internal void SetEpoch(uint epoch, uint? policy = null)
    {
        GenerationState state = new() { Epoch = epoch, Policy = policy ?? epoch, Generation = Generation };
        this["state"].Update(new byte[4], BpfMap.Bytes(ref state));
    }

    /// <summary>
    /// Attaches an endpoint: programs into their slots, then its addresses. Every second one is served by the provisional programs, which
    /// must decide as its own would.
    /// </summary>
    internal Container Add(uint namespaceId, int[] sets, params string[] addresses)
    {
        var id = _nextEndpoint++;
        EndpointConstants constants = new() { Slot = id, Endpoint = id, Ifindex = 100 + id, Generation = Generation };
        Container.Mac.CopyTo(constants.Mac);
        foreach (var bytes in addresses.Select(text => IPAddress.Parse(text).GetAddressBytes()))
        {
            if (bytes.Length == 4)
            {
                bytes.CopyTo((Span<byte>)constants.Address4[constants.Addresses4++]);
            }
            else
            {
                bytes.CopyTo((Span<byte>)constants.Address6[constants.Addresses6++]);
            }
        }

        var map = BpfMap.CreateConstants("endpoint", BpfMap.Bytes(ref constants));
        BpfMap Maps(string name) => name == EndpointPrograms.ConstantsSection ? map : this[name];
        this["endpoint_constants"].Update(BitConverter.GetBytes(id), BpfMap.Bytes(ref constants));
        var kind = id % 2 == 0 ? "_provisional" : "";
        Container container = new(
            id, 100 + id, (ushort)id, namespaceId, sets, [.. addresses.Select(IPAddress.Parse)], map,
            BpfProgram.Load(_templates["from_endpoint" + kind], Maps, null), BpfProgram.Load(_templates["to_endpoint" + kind], Maps, null));
        _containers.Add(container);
        Publish(container);
        return container;
    }

    internal void Publish(Container container, bool isLocal = true, uint epoch = 0)
    {
        foreach (var address in container.Addresses)
        {
            SetAddress(address, new AddressEntry
            {
                Endpoint = container.Id,
                Ifindex = isLocal ? container.Ifindex : 0,
                NamespaceId = container.NamespaceId,
                Slot = isLocal ? container.Slot : (ushort)0,
                Kind = (byte)AddressKind.Endpoint,
                Epoch = epoch,
                ObservedOneIn = container.Sets.Contains(SampleNode.Web) ? 1U : 0,
            }, container.Sets);
        }
    }

    internal void Withdraw(Container container)
    {
        foreach (var address in container.Addresses)
        {
            _ = AddressMap(address).Delete(address.GetAddressBytes());
        }
    }

    internal void AddHost(string address, params int[] sets) =>
        SetAddress(IPAddress.Parse(address), new AddressEntry { Kind = (byte)AddressKind.Host }, sets);

    internal void AddPrefix(string prefix, params int[] sets)
    {
        var network = IPNetwork.Parse(prefix);
        var bytes = network.BaseAddress.GetAddressBytes();
        var name = bytes.Length == 4 ? "prefixes4" : "prefixes6";
        if (HasMap(name))
        {
            this[name].Update([.. BitConverter.GetBytes(network.PrefixLength), .. bytes], BitConverter.GetBytes(ClassOf(sets)));
        }
    }

    internal void NamePort(Container container, ushort port, byte protocol, int bit)
    {
        PortNameKey key = new() { Endpoint = container.Id, Port = port, Protocol = protocol };
        var names = new byte[this["port_name_members"].ValueSize];
        names[bit / 8] |= (byte)(1 << bit % 8);
        var id = 1 + bit;
        this["port_name_members"].Update(BpfMap.Bytes(ref id), names);
        this["port_names"].Update(BpfMap.Bytes(ref key), BpfMap.Bytes(ref id));
    }

    internal void AddService(uint id, uint portId, string address, ushort port, byte protocol, params (string Address, ushort Port)[] backends)
    {
        var bytes = IPAddress.Parse(address).GetAddressBytes();
        var family = bytes.Length == 4 ? "4" : "6";
        Service marker = new() { Id = id };
        Service service = new() { Id = id, Port = portId, Backends = (uint)backends.Length, Number = BinaryPrimitives.ReverseEndianness(port) };
        this[$"services{family}"].Update([.. bytes, 0, 0, 0, 0], BpfMap.Bytes(ref marker));
        this[$"services{family}"].Update([.. bytes, (byte)(port >> 8), (byte)port, protocol, 0], BpfMap.Bytes(ref service));
        for (uint i = 0; i < backends.Length; i++)
        {
            var (backend, target) = backends[i];
            this[$"backends{family}"].Update(
                [.. BitConverter.GetBytes(portId), .. BitConverter.GetBytes(i)],
                [.. IPAddress.Parse(backend).GetAddressBytes(), (byte)(target >> 8), (byte)target, 0, 0]);
            SetBackend(portId, backend, target, BackendFlags.Ready);
        }
    }

    /// <summary>Changes what the service's address and port lead to.</summary>
    internal void ChangeService(string address, ushort port, byte protocol, Func<Service, Service> change)
    {
        var bytes = IPAddress.Parse(address).GetAddressBytes();
        byte[] key = [.. bytes, (byte)(port >> 8), (byte)port, protocol, 0];
        var map = this[$"services{(bytes.Length == 4 ? "4" : "6")}"];
        Service service = default;
        Assert.True(map.TryLookup(key, BpfMap.Bytes(ref service)));
        service = change(service);
        map.Update(key, BpfMap.Bytes(ref service));
    }

    /// <summary>What a service port knows of a backend, whether or not it is among those that it chooses from.</summary>
    internal void SetBackend(uint portId, string backend, ushort target, BackendFlags flags, uint until = 0)
    {
        var bytes = IPAddress.Parse(backend).GetAddressBytes();
        ServiceBackend state = new() { Until = until, Port = BinaryPrimitives.ReverseEndianness(target), Flags = flags };
        this[$"service_backends{(bytes.Length == 4 ? "4" : "6")}"].Update([.. BitConverter.GetBytes(portId), .. bytes], BpfMap.Bytes(ref state));
    }

    /// <summary>The container sends.</summary>
    internal Outcome Send(Container container, Packet packet) => Run(container.From, packet.ToFrame());

    internal Outcome Send(Container container, byte[] frame) => Run(container.From, frame);

    /// <summary>A packet comes to the container by the host's stack: from its own sockets, or forwarded from a device.</summary>
    internal Outcome Receive(Container container, Packet packet, bool isForwarded = true) =>
        Run(container.To, packet.ToFrame(), isForwarded ? 1u : 0);

    internal Outcome Receive(Container container, byte[] frame, bool isForwarded = true) => Run(container.To, frame, isForwarded ? 1u : 0);

    /// <summary>By its MAC address: that of the device under TEST_RUN is all zeros.</summary>
    internal static void ToThisHost(Span<byte> frame) => frame[..6].Clear();

    /// <summary>A packet comes in by an uplink, for this host.</summary>
    internal Outcome Arrive(Packet packet) => Arrive(packet.ToFrame());

    internal Outcome Arrive(byte[] frame)
    {
        using var program = SharedProgram("from_uplink");
        ToThisHost(frame);
        return Run(program, frame);
    }

    /// <param name="fields">Of struct __sk_buff, by their offsets.</param>
    internal Outcome Run(BpfProgram program, byte[] frame, uint ingressIfindex = 0, params ReadOnlySpan<(int Offset, uint Value)> fields)
    {
        ClearRecords();
        // struct __sk_buff: ingress_ifindex is its tenth word; cb[1], its fourteenth, is the slot, which the stub leaves there.
        var context = new byte[192];
        var slot = _containers.Find(container => container.From == program || container.To == program)?.Slot ?? 0;
        BinaryPrimitives.WriteUInt32LittleEndian(context.AsSpan(52), slot);
        BinaryPrimitives.WriteUInt32LittleEndian(context.AsSpan(36), ingressIfindex);
        foreach (var (offset, value) in fields)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(context.AsSpan(offset), value);
        }

        var output = new byte[2048 + frame.Length];
        var (answer, length) = program.TestRun(frame, context, output);
        return new Outcome(LastRecord(), answer, output[..length]);
    }

    /// <summary>A stub as it is attached to the container's device.</summary>
    internal BpfProgram Stub(Container container, string name) =>
        BpfProgram.Load(_templates[name], map => map == EndpointPrograms.ConstantsSection ? container.Constants : this[map], null);

    internal void SetSlot(string map, Container container, uint generation, BpfProgram program) =>
        this[map].Update(BitConverter.GetBytes((uint)(2 * container.Slot + (generation & 1))), BitConverter.GetBytes(program.Handle.Number));

    /// <summary>Gives every processor the value, which zeros fill up.</summary>
    internal void SetPerProcessor(string map, uint index, ReadOnlySpan<byte> value)
    {
        var stride = this[map].Stride;
        var values = new byte[stride * Processors.Possible];
        for (var at = 0; at < values.Length; at += stride)
        {
            value.CopyTo(values.AsSpan(at));
        }

        fixed (byte* first = values)
        {
            Assert.True(LibBpf.bpf_map_update_elem(this[map].Handle, &index, first, 0) >= 0);
        }
    }

    internal ulong DropsBecause(Bundle.Reason reason) => Sum(this["drop_reasons"], (uint)reason, 0);

    internal ulong RuleVerdicts(uint rule) => Sum(this["rule_counters"], rule, 0);

    /// <summary>Makes all connections look as if nobody had used them for so long.</summary>
    internal void AgeConnections(TimeSpan age)
    {
        var units = (uint)((long)age.TotalNanoseconds >> 30);
        ForgetTouches();
        foreach (var table in Tables())
        {
            foreach (var entry in table.Entries().ToArray())
            {
                table.Change(entry, connection => connection with { Seen = connection.Seen - units });
            }
        }

        foreach (var map in (string[])["fragments4", "fragments6"])
        {
            foreach (var key in this[map].Keys())
            {
                var value = new byte[this[map].ValueSize];
                Assert.True(this[map].TryLookup(key, value));
                var seen = MemoryMarshal.Cast<byte, uint>(value.AsSpan());
                // struct fragment: seen, in units of 2^30 ns, follows epoch.
                seen[1] -= units;
                this[map].Update(key, value);
            }
        }
    }

    /// <summary>As if the unit of time were another.</summary>
    internal void ForgetTouches() => Zero(this["touched"], this["touched"].ValueSize);

    internal void ForgetConnections()
    {
        // Without a goal nothing is passed on unseen; there are fewer of them than marks.
        Zero(this["goals"], this["goals"].LookupPerProcessor(0).Length);
        foreach (var table in Tables())
        {
            table.Clear();
        }

        foreach (var map in (string[])["fragments4", "fragments6"])
        {
            if (HasMap(map))
            {
                this[map].Keys().ForEach(key => this[map].Delete(key));
            }
        }
    }

    private static void Zero(BpfMap map, int size)
    {
        uint[] indexes = [.. Enumerable.Range(0, (int)map.MaxEntries).Select(index => (uint)index)];
        map.UpdateMany(MemoryMarshal.AsBytes(indexes.AsSpan()), new byte[indexes.Length * size], indexes.Length);
    }

    /// <summary>All entries of the family, 4 or 6.</summary>
    internal ConnectionEntry[] Connections(int family) => [.. Table(family).Entries()];

    internal ConnectionTable Table(int family) => new(this[$"connections{family}"]);

    public void Dispose()
    {
        _containers.ForEach(container => container.Dispose());
        _object.Dispose();
    }

    /// <summary>For threads that send at one time: each on a processor of its own, where it finds the record of its own packets.</summary>
    internal ProcessorRun OnProcessor(int processor)
    {
        Processor.StayOn(processor);
        return new ProcessorRun(this, processor);
    }

    internal sealed class ProcessorRun(TestNode node, int processor) : IDisposable
    {
        private readonly byte[] _context = new byte[192];
        private readonly byte[] _output = new byte[4096];
        private readonly BpfMap _records = node["flow_record"];

        internal FlowRecord Send(Container container, byte[] frame)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(_context.AsSpan(52), container.Slot);
            _ = container.From.TestRun(frame, _context, _output);
            return MemoryMarshal.Read<FlowRecord>(_records.LookupPerProcessor(0).AsSpan(processor * _records.Stride));
        }

        public void Dispose() => Processor.Leave();
    }

    private IEnumerable<ConnectionTable> Tables() =>
        new[] { 4, 6 }.Where(family => HasMap($"connections{family}")).Select(Table);

    private static uint ProgramIdOf(int descriptor)
    {
        using DescriptorHandle handle = new(descriptor, owns: false);
        bpf_prog_info info = default;
        var length = (uint)sizeof(bpf_prog_info);
        Assert.True(LibBpf.bpf_obj_get_info_by_fd(handle, &info, &length) >= 0);
        return info.id;
    }

    private BpfMap AddressMap(IPAddress address) =>
        this[address.AddressFamily == AddressFamily.InterNetwork ? "addresses4" : "addresses6"];

    private void SetAddress(IPAddress address, AddressEntry head, int[] sets)
    {
        if (HasMap(address.AddressFamily == AddressFamily.InterNetwork ? "addresses4" : "addresses6"))
        {
            head.Class = ClassOf(sets);
            AddressMap(address).Update(address.GetAddressBytes(), BpfMap.Bytes(ref head));
        }
    }

    /// <summary>Numbered from the end, where no loader's classes are. Where verdicts are tables, it is one in no table.</summary>
    private uint ClassOf(int[] sets)
    {
        if (!HasMap(ClassMembers.MapName))
        {
            return 1;
        }

        var members = this[ClassMembers.MapName];
        var key = string.Join(',', sets);
        if (!_classes.TryGetValue(key, out var id))
        {
            _classes.Add(key, id = (uint)(members.MaxEntries - 1 - _classes.Count));
            var words = new ulong[members.ValueSize / sizeof(ulong)];
            foreach (var set in sets)
            {
                words[set / 64] |= 1UL << set % 64;
            }

            members.Update(BpfMap.Bytes(ref id), MemoryMarshal.AsBytes<ulong>(words));
        }

        return id;
    }

    private void ClearRecords() => SetPerProcessor("flow_record", 0, []);

    private FlowRecord LastRecord()
    {
        var values = this["flow_record"].LookupPerProcessor(0);
        for (var at = 0; at < values.Length; at += this["flow_record"].Stride)
        {
            var record = MemoryMarshal.Read<FlowRecord>(values.AsSpan(at));
            if (record.Exit != 0)
            {
                return record;
            }
        }

        throw new InvalidOperationException("the packet left by no exit");
    }

    private static ulong Sum(BpfMap map, uint index, int offset)
    {
        var values = map.LookupPerProcessor(index);
        ulong sum = 0;
        for (var at = 0; at < values.Length; at += map.Stride)
        {
            sum += BitConverter.ToUInt64(values, at + offset);
        }

        return sum;
    }
}
