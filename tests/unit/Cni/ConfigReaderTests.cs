using System.Text;
using Netpol.Cni.Configuration;
using Netpol.Cni.Protocol;

namespace Netpol.Tests.Unit.Cni;

public sealed class ConfigReaderTests
{
    [Fact]
    public void Without_anything_said_the_defaults_hold()
    {
        var config = Read("");


        Assert.Equal("/sys/fs/bpf/netpol", config.Pins);
        Assert.Equal("/run/netpol", config.State);
        Assert.Equal("auto", config.Hook);
        Assert.Null(config.Bundle);
        Assert.Null(config.Cgroup);
        Assert.Null(config.Straight);
        Assert.Null(config.ViaStack);
        Assert.Null(config.IpamType);
        Assert.Null(config.MtuBytes);
        Assert.Null(config.ValidAttachments);
    }

    [Fact]
    public void Every_key_of_ours_is_read()
    {
        var config = Read("""
            , "bundle": "/b", "pins": "/p", "state": "/s", "hook": "clsact", "cgroup": "/c", "mtu": 1400, "ipam": {"type": "host-local"},
            "uplinks": ["eth0", "vxlan0"], "xdp": "generic", "straight": ["pods", "10.9.0.0/16"], "viaStack": []
            """);


        Assert.Equal(("/b", "/p", "/s", "clsact", "/c", 1400, "host-local"),
            (config.Bundle, config.Pins, config.State, config.Hook, config.Cgroup, config.MtuBytes, config.IpamType));
        Assert.Equal(["eth0", "vxlan0"], (config.Uplinks ?? []).AsEnumerable());
        Assert.Equal(["pods", "10.9.0.0/16"], (config.Straight ?? []).AsEnumerable());
        Assert.True(config.ViaStack is { IsEmpty: true });
    }

    [Theory]
    [InlineData("capabilities", "{}")]
    [InlineData("cni.dev/anything", "[1]")]
    [InlineData("dns", "{}")]
    [InlineData("cniVersions", "[\"1.0.0\"]")]
    [InlineData("ipam", "{}")]
    [InlineData("ipMasq", "false")]
    [InlineData("prevResult", "null")]
    public void Keys_of_the_specification_are_no_surprise(string key, string value)
    {
        var config = Read($", \"{key}\": {value}");


        Assert.Equal("net", config.Name);
    }

    [Theory]
    [InlineData("\"bundel\": \"/b\"", 2, "unknown key `bundel` in the network configuration, with value `\"/b\"`; did you mean `bundle`?")]
    [InlineData("\"colour\": 1", 2, "unknown key `colour` in the network configuration, with value `1`")]
    [InlineData("\"ipMasq\": true", 2, "key `ipMasq` with value `true` is not supported")]
    [InlineData("\"bundle\": \"b\"", 7, "`bundle`: `b` is not an absolute path")]
    [InlineData("\"cgroup\": \"c\"", 7, "`cgroup`: `c` is not an absolute path")]
    [InlineData("\"uplinks\": \"eth0\"", 7, "`uplinks` is not an array: `\"eth0\"`")]
    [InlineData("\"xdp\": \"yes\"", 7, "`xdp`: `yes` is not one of auto, native, generic, none")]
    [InlineData("\"uplinks\": [1]", 7, "`uplinks[0]` is not a string: `1`")]
    [InlineData("\"straight\": \"pods\"", 7, "`straight` is not an array: `\"pods\"`")]
    [InlineData("\"viaStack\": [\"10.0.0.0/8\", 1]", 7, "`viaStack[1]` is not a string: `1`")]
    [InlineData("\"pins\": [1]", 7, "`pins` is not a string: `[1]`")]
    [InlineData("\"mtu\": 100", 7, "`mtu`: 100 is not between 1280 and 65535")]
    [InlineData("\"mtu\": 1400.5", 7, "`mtu` is not a whole number: `1400.5`")]
    [InlineData("\"hook\": \"xdp\"", 7, "`hook`: `xdp` is not one of auto, tcx, clsact")]
    [InlineData("\"ipam\": {\"type\": \"../sh\"}", 7, "`ipam.type`: `../sh` is not the name of a plugin")]
    [InlineData("\"labels\": {\"app\": 1}", 7, "`labels.app` is not a string: `1`")]
    [InlineData("\"labels\": {\"\": \"x\"}", 7, "`labels` has a label without a key")]
    [InlineData("\"labels\": []", 7, "`labels` is no object")]
    [InlineData("\"ports\": {\"http\": \"80\"}", 7, "`ports.http`: `\"80\"` is not a port")]
    [InlineData("\"ports\": {\"http\": \"80/icmp\"}", 7, "`ports.http`: `\"80/icmp\"` is not a port")]
    [InlineData("\"ports\": {\"http\": [\"0/tcp\"]}", 7, "`ports.http`: `\"0/tcp\"` is not a port")]
    [InlineData("\"runtimeConfig\": {\"netpol\": {\"lables\": {}}}", 2, "unknown key `runtimeConfig.netpol.lables`, with value `{}`; did you mean `labels`?")]
    [InlineData("\"cni.dev/valid-attachments\": [{\"ifname\": \"eth0\"}]", 7, "`cni.dev/valid-attachments[0].containerID` is missing")]
    public void A_mistake_is_refused_by_name(string entry, int code, string message)
    {
        var error = Assert.Throws<CniException>(() => Read(", " + entry));


        Assert.Equal((code, message), ((int)error.Code, error.Message));
    }

    [Fact]
    public void Valid_attachments_of_a_GC_are_read()
    {
        var config = Read(""", "cni.dev/valid-attachments": [{"containerID": "c1", "ifname": "eth0"}]""");


        Assert.Equal<AttachmentKey>([new("c1", "eth0")], config.ValidAttachments!.Value);
    }

    private static NetworkConfig Read(string more)
    {
        var text = Encoding.UTF8.GetBytes($$"""{"cniVersion": "1.0.0", "name": "net", "type": "netpol" {{more}} }""");
        return ConfigReader.Read(ConfigDocument.Parse(text), text);
    }
}
