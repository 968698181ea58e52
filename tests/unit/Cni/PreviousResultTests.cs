using System.Text.Json;
using Netpol.Cni.Protocol;

namespace Netpol.Tests.Unit.Cni;

public sealed class PreviousResultTests
{
    // As the plugins of Debian's containernetworking-plugins 1.1.1 answer.
    private const string Ptp = """
        {"cniVersion": "1.0.0",
         "interfaces": [{"name": "veth5a1b", "mac": "0a:00:00:00:00:01"}, {"name": "eth0", "mac": "0a:00:00:00:00:02", "sandbox": "/run/netns/c"}],
         "ips": [{"interface": 1, "address": "10.1.0.5/24", "gateway": "10.1.0.1"}, {"interface": 1, "address": "fd00::5/64", "gateway": "fd00::1"}],
         "routes": [{"dst": "0.0.0.0/0"}], "dns": {}}
        """;

    private const string Bridge = """
        {"cniVersion": "1.0.0",
         "interfaces": [{"name": "cni0", "mac": "0a:00:00:00:00:00"}, {"name": "veth77", "mac": "0a:00:00:00:00:01"},
                        {"name": "eth0", "mac": "0a:00:00:00:00:02", "sandbox": "/run/netns/c"}],
         "ips": [{"interface": 2, "address": "10.88.0.9/16", "gateway": "10.88.0.1"}], "dns": {}}
        """;

    [Theory]
    [InlineData(Ptp, "veth5a1b", "10.1.0.5 fd00::5")]
    [InlineData(Bridge, "cni0 veth77", "10.88.0.9")]
    public void Devices_of_the_node_are_those_without_a_sandbox(string json, string devices, string addresses)
    {
        var result = Read(json);


        Assert.Equal(devices, string.Join(' ', result.OnHost.Select(entry => entry.Name)));
        Assert.Equal(addresses, string.Join(' ', result.AddressesOf("eth0")));
    }

    [Fact]
    public void Addresses_of_another_interface_are_not_the_container_s()
    {
        var result = Read(Bridge.Replace("\"interface\": 2", "\"interface\": 0", StringComparison.Ordinal));


        Assert.Empty(result.AddressesOf("eth0"));
    }

    [Fact]
    public void An_address_that_names_no_interface_is_the_container_s()
    {
        var result = Read("""{"ips": [{"address": "10.1.0.5/24"}]}""");


        Assert.Equal("10.1.0.5", Assert.Single(result.AddressesOf("eth0")).ToString());
    }

    [Theory]
    [InlineData("""{"interfaces": {}}""", "`prevResult.interfaces` is not an array: `{}`")]
    [InlineData("""{"interfaces": [{}]}""", "`prevResult.interfaces[0].name` is missing")]
    [InlineData("""{"ips": [{"address": "10.1.0.5"}]}""", "`prevResult.ips[0].address`: `10.1.0.5` is no address with a prefix length")]
    [InlineData("""{"ips": [{"address": "10.1.0.5/33"}]}""", "`prevResult.ips[0].address`: `10.1.0.5/33` is no address with a prefix length")]
    [InlineData("""{"ips": [{"address": "10.1.0.5/24", "gateway": "x"}]}""", "`prevResult.ips[0].gateway`: `x` is no address")]
    [InlineData("""{"ips": [{"address": "10.1.0.5/24", "interface": "1"}]}""", "`prevResult.ips[0].interface` is not a whole number: `\"1\"`")]
    [InlineData("[]", "`prevResult` is no object")]
    public void A_result_of_another_form_is_refused_with_its_place(string json, string message)
    {
        var error = Assert.Throws<CniException>(() => Read(json));


        Assert.Equal((7, message), ((int)error.Code, error.Message));
    }

    [Fact]
    public void The_result_passes_through_byte_for_byte()
    {
        using var document = JsonDocument.Parse(Ptp);
        using var output = new MemoryStream();


        ResultWriter.WritePrevious(output, document.RootElement);


        Assert.Equal(Ptp, System.Text.Encoding.UTF8.GetString(output.ToArray()));
    }

    private static PreviousResult Read(string json) => PreviousResult.Read(JsonDocument.Parse(json).RootElement, "prevResult");
}
