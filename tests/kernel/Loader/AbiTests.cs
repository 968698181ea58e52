using System.Runtime.InteropServices;
using System.Text.Json;
using Netpol.Loader.Abi;

namespace Netpol.Tests.Kernel.Loader;

/// <summary>The C# structs against the BTF of a built object: what clang laid out is what the programs read.</summary>
public sealed class AbiTests
{
    private static readonly Lazy<Dictionary<string, JsonElement>> Structs = new(Read);

    [Theory]
    [InlineData("control", typeof(Control))]
    [InlineData("flow_event", typeof(FlowEvent))]
    [InlineData("flow_record", typeof(FlowRecord))]
    [InlineData("endpoint_constants", typeof(EndpointConstants))]
    [InlineData("connection", typeof(Connection))]
    [InlineData("state", typeof(GenerationState))]
    [InlineData("address", typeof(AddressEntry))]
    [InlineData("socket_namespace", typeof(SocketNamespace))]
    [InlineData("prefix4_key", typeof(Prefix4Key))]
    [InlineData("prefix6_key", typeof(Prefix6Key))]
    [InlineData("straight", typeof(StraightEntry))]
    [InlineData("port_name_key", typeof(PortNameKey))]
    [InlineData("service4_key", typeof(Service4Key))]
    [InlineData("service6_key", typeof(Service6Key))]
    [InlineData("service", typeof(Service))]
    [InlineData("backend_key", typeof(BackendKey))]
    [InlineData("backend4", typeof(Backend4))]
    [InlineData("backend6", typeof(Backend6))]
    [InlineData("service_backend4_key", typeof(ServiceBackend4Key))]
    [InlineData("service_backend6_key", typeof(ServiceBackend6Key))]
    [InlineData("service_backend", typeof(ServiceBackend))]
    [InlineData("rule_counter", typeof(RuleCounter))]
    public void A_struct_has_the_same_size_and_offsets_on_both_sides(string name, Type type)
    {
        var inObject = Structs.Value[name];
        var offsets = type.GetFields().Select(field => (int)Marshal.OffsetOf(type, field.Name)).Order();

        Assert.Equal(
            inObject.GetProperty("members").EnumerateArray().Select(member => member.GetProperty("bits_offset").GetInt32() / 8).Order(), offsets);
        Assert.Equal(inObject.GetProperty("size").GetInt32(), Marshal.SizeOf(type));
    }

    private static Dictionary<string, JsonElement> Read()
    {
        var file = Path.GetTempFileName();
        try
        {
            // clang writes no BTF for a type that is only written through a pointer; a variable of it makes it appear.
            const string Anchor = "/* policy api for api { egress { … } } */";
            File.WriteAllBytes(file, SampleBundle.CompileWith(Anchor, $"struct flow_event event;\n{Anchor}"));
            using var document = JsonDocument.Parse(Scratch.Shell("bpftool", "-j", "btf", "dump", "file", file));
            return document.RootElement.GetProperty("types").EnumerateArray()
                .Where(type => type.GetProperty("kind").GetString() == "STRUCT")
                .GroupBy(type => type.GetProperty("name").GetString() ?? "")
                .ToDictionary(group => group.Key, group => group.First().Clone());
        }
        finally
        {
            File.Delete(file);
        }
    }
}
