using System.Text;
using Netpol.Cni.Configuration;
using Netpol.Cni.Protocol;
using Netpol.Loader;

namespace Netpol.Tests.Unit.Cni;

/// <summary>Who a container is: five sources, the strongest first: capability, annotations, CNI_ARGS, args.cni, the configuration.</summary>
public sealed class IdentityTests
{
    private const string Everything = """
        "runtimeConfig": {
          "netpol": {"namespace": "n1", "name": "pod1", "labels": {"a": "1"}, "ports": {"http": "81/tcp"}},
          "io.kubernetes.cri.pod-annotations": {"netpol/namespace": "n2", "netpol/labels": "a:2,b:2", "other.io/x": "y"}
        },
        "args": {"cni": {"labels": [{"key": "c", "value": "4"}, {"key": "d", "value": "4"}]}},
        "namespace": "n5", "labels": {"d": "5", "e": "5"}, "namespaceLabels": {"team": "x"},
        "ports": {"http": "85/tcp", "dns": ["53/udp", "53/TCP"]}
        """;

    [Fact]
    public void Labels_are_joined_key_by_key_and_the_stronger_source_wins()
    {
        var identity = Read(Everything, "K8S_POD_NAMESPACE=n3;K8S_POD_NAME=pod3;NETPOL_LABELS=b:3,c:3");


        Assert.Equal(("n1", "pod1"), (identity.Namespace, identity.Name));
        Assert.Equal(
            new Dictionary<string, string> { ["a"] = "1", ["b"] = "2", ["c"] = "3", ["d"] = "4", ["e"] = "5" },
            identity.Labels.ToDictionary());
        Assert.Equal<NamedPort>([new("dns", "udp", 53), new("dns", "tcp", 53), new NamedPort("http", "tcp", 81)], identity.Ports);
        Assert.Equal("x", Assert.Single(identity.NamespaceLabels!).Value);
    }

    [Fact]
    public void With_nothing_said_a_container_is_in_the_default_namespace_without_labels()
    {
        var identity = Read("\"dns\": {}", "");


        Assert.Equal(("default", null), (identity.Namespace, identity.Name));
        Assert.Empty(identity.Labels);
        Assert.Empty(identity.Ports);
        Assert.Null(identity.NamespaceLabels);
    }

    [Theory]
    [InlineData("IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web-1;K8S_POD_INFRA_CONTAINER_ID=abc;K8S_POD_UID=u", "shop", "web-1")]
    [InlineData("K8S_POD_UID=u;K8S_POD_NAME=web-1;K8S_POD_NAMESPACE=shop;IgnoreUnknown=true", "shop", "web-1")]
    [InlineData("IgnoreUnknown=1;K8S_POD_NAME=srv", "default", "srv")]
    [InlineData("IgnoreUnknown=1;FOO=bar", "default", null)]
    [InlineData("NETPOL_NAMESPACE=blue;K8S_POD_NAMESPACE=shop", "blue", null)]
    public void The_arguments_of_containerd_and_podman_are_understood(string arguments, string @namespace, string? name)
    {
        var identity = Read("\"dns\": {}", arguments);


        Assert.Equal((@namespace, name), (identity.Namespace, identity.Name));
    }

    [Theory]
    [InlineData("FOO=bar", "CNI_ARGS: unknown argument `FOO`")]
    [InlineData("K8S_POD_NAMESPCE=x", "CNI_ARGS: unknown argument `K8S_POD_NAMESPCE`; did you mean `K8S_POD_NAMESPACE`?")]
    [InlineData("IgnoreUnknown=1;NETPOL_LABLES=a:b", "CNI_ARGS: unknown argument `NETPOL_LABLES`; did you mean `NETPOL_LABELS`?")]
    [InlineData("IgnoreUnknown=perhaps", "CNI_ARGS: `IgnoreUnknown=perhaps` is neither true nor false")]
    [InlineData("NETPOL_LABELS", "CNI_ARGS: `NETPOL_LABELS` has no value")]
    [InlineData("NETPOL_LABELS=web", "CNI_ARGS: `NETPOL_LABELS`: `web` is not a label: labels are written app:web,tier:core")]
    [InlineData("NETPOL_LABELS=a:1,a:2", "CNI_ARGS: `NETPOL_LABELS`: label `a` is there twice")]
    [InlineData("NETPOL_PORTS=http:99999/tcp", "CNI_ARGS: `NETPOL_PORTS`: `http:99999/tcp` is not a named port: a port is written 8080/tcp, with tcp, udp or sctp, after its name: http:8080/tcp")]
    public void Arguments_that_are_not_understood_are_refused(string arguments, string message)
    {
        var error = Assert.Throws<CniException>(() => Arguments.Read(arguments));


        Assert.Equal((4, message), ((int)error.Code, error.Message));
    }

    [Fact]
    public void Labels_may_be_written_with_an_equals_sign_and_may_be_empty()
    {
        var layer = Arguments.Read("NETPOL_LABELS=app=web,canary=,app.kubernetes.io/name=x");


        Assert.Equal(
            new Dictionary<string, string> { ["app"] = "web", ["canary"] = "", ["app.kubernetes.io/name"] = "x" },
            layer.Labels!.ToDictionary());
    }

    [Fact]
    public void An_annotation_of_ours_that_is_misspelled_is_refused()
    {
        var error = Assert.Throws<CniException>(() =>
            Read("""  "runtimeConfig": {"io.kubernetes.cri.pod-annotations": {"netpol/label": "a:b"}}  """, ""));


        Assert.Equal(
            "unknown key `runtimeConfig.io.kubernetes.cri.pod-annotations.netpol/label`, with value `\"a:b\"`; did you mean `netpol/labels`?",
            error.Message);
    }

    private static Identity Read(string entries, string arguments)
    {
        var text = Encoding.UTF8.GetBytes($$"""{"cniVersion": "1.0.0", "name": "net", {{entries}} }""");
        return ConfigReader.Read(ConfigDocument.Parse(text), text).Identity.With(Arguments.Read(arguments));
    }
}
