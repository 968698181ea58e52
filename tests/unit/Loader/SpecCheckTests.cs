using System.Collections.Immutable;
using Netpol.Loader;
using Netpol.Loader.Endpoints;

namespace Netpol.Tests.Unit.Loader;

public sealed class SpecCheckTests
{
    private static readonly EndpointSpec Good = new(
        "a1", "eth0", "veth1", "02:00:00:00:00:01", ["10.0.0.1", "fd00::1"], "shop", null,
        ImmutableSortedDictionary<string, string>.Empty, [new NamedPort("http", "tcp", 80)]);

    public static TheoryData<EndpointSpec, string> Bad => new()
    {
        { Good with { ContainerId = "../x" }, "`../x` is no container id; use letters, digits, `_`, `.` and `-`, at most 200" },
        { Good with { ContainerId = "" }, "`` is no container id; use letters, digits, `_`, `.` and `-`, at most 200" },
        { Good with { InterfaceName = "a/b" }, "`a/b` is no name of an interface; use 1 to 15 characters without `/`, `:` and blanks" },
        { Good with { InterfaceName = ".." }, "`..` is no name of an interface; use 1 to 15 characters without `/`, `:` and blanks" },
        { Good with { Mac = "02:00" }, "`02:00` is no hardware address; write it as 02:00:00:00:00:01" },
        { Good with { Addresses = ["10.0.0.1/24"] }, "`10.0.0.1/24` is no address; give addresses without prefix length" },
        {
            Good with { Addresses = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5"] },
            "a container may have 4 addresses of a family, not 5; give it fewer"
        },
        { Good with { Ports = [new NamedPort("x", "icmp", 1)] }, "`icmp` is no protocol with ports; use tcp, udp or sctp" },
        { Good with { Ports = [new NamedPort("x", "tcp", 0)] }, "port `x` is 0; ports are 1 to 65535" },
    };

    [Fact]
    public void What_runtimes_give_is_taken() => SpecCheck.Require(Good);

    [Theory]
    [MemberData(nameof(Bad))]
    public void What_can_be_no_endpoint_is_refused_by_name(EndpointSpec spec, string message)
    {
        var refusal = Assert.Throws<LoaderException>(() => SpecCheck.Require(spec));

        Assert.Equal(message, refusal.Message);
    }
}
