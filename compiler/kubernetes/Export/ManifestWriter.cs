using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Kubernetes.Objects;
using Netpol.Kubernetes.Reading;

namespace Netpol.Kubernetes.Export;

/// <summary>Objects as the YAML of a manifest.</summary>
internal sealed partial class ManifestWriter
{
    private readonly YamlText _yaml = new();

    public static string Write(KubernetesObjects objects)
    {
        var writer = new ManifestWriter();
        foreach (var @namespace in objects.Namespaces)
        {
            writer.Head("v1", @namespace);
        }

        foreach (var policy in objects.Policies)
        {
            if (policy.Tier is null)
            {
                writer.NetworkPolicy(policy);
            }
            else
            {
                writer.ClusterPolicy(policy, policy.Tier);
            }
        }

        foreach (var service in objects.Services)
        {
            writer.Service(service);
        }

        return writer._yaml.ToString();
    }

    private void Head(string apiVersion, ObjectMetadata metadata)
    {
        _yaml.Document();
        _yaml.Field("apiVersion", apiVersion);
        _yaml.Field("kind", metadata.Kind);
        _yaml.Mapping("metadata", () =>
        {
            _yaml.Field("name", metadata.Name);
            if (metadata.Namespace.Length > 0)
            {
                _yaml.Field("namespace", metadata.Namespace);
            }

            if (!metadata.Labels.IsEmpty)
            {
                _yaml.Mapping("labels", () => Texts(metadata.Labels));
            }

            if (metadata.Description is { } description)
            {
                _yaml.Mapping("annotations", () => _yaml.Field(MetadataReader.DescriptionAnnotation, description));
            }
        });
    }

    private void NetworkPolicy(PolicyObject policy)
    {
        Head("networking.k8s.io/v1", policy.Metadata);
        _yaml.Mapping("spec", () =>
        {
            Selector("podSelector", policy.Subject.Pods);
            _yaml.Texts("policyTypes", [.. policy.Ingress is null ? [] : (string[])["Ingress"], .. policy.Egress is null ? [] : (string[])["Egress"]]);
            // Rules have no field for words about them, so these are comments.
            Rules("ingress", policy.Ingress, rule => NetworkRule(rule, "from", policy.Metadata.Namespace), rule => rule.Name);
            Rules("egress", policy.Egress, rule => NetworkRule(rule, "to", policy.Metadata.Namespace), rule => rule.Name);
        });
    }

    private void Rules(string direction, RuleBlock? block, Action<PolicyRule> write, Func<PolicyRule, string?>? comment = null)
    {
        if (block is not null)
        {
            _yaml.List(direction, block.Rules, write, comment);
        }
    }

    private void NetworkRule(PolicyRule rule, string peers, string ownNamespace)
    {
        if (rule.Peers.IsEmpty && rule.Ports.IsEmpty)
        {
            _yaml.EmptyItem();
            return;
        }

        if (!rule.Peers.IsEmpty)
        {
            _yaml.List(peers, rule.Peers, peer => NetworkPeer(peer, ownNamespace));
        }

        if (!rule.Ports.IsEmpty)
        {
            _yaml.List("ports", rule.Ports, NetworkPort);
        }
    }

    private void NetworkPeer(PolicyPeer peer, string ownNamespace)
    {
        switch (peer)
        {
            case PolicyPeer.Pods { Set: var set }:
                if (set.Namespace != ownNamespace)
                {
                    Selector("namespaceSelector", NamespacesOf(set));
                }

                if (set.Namespace == ownNamespace || !set.Pods.IsEmpty)
                {
                    Selector("podSelector", set.Pods);
                }

                break;
            case PolicyPeer.Block block:
                _yaml.Mapping("ipBlock", () =>
                {
                    _yaml.Field("cidr", block.Cidrs.Single());
                    if (!block.Except.IsEmpty)
                    {
                        _yaml.Texts("except", block.Except);
                    }
                });
                break;
            default:
                throw new UnreachableException();
        }
    }

    private void NetworkPort(PolicyPort port)
    {
        switch (port)
        {
            case PolicyPort.All all:
                _yaml.Field("protocol", Upper(all.Protocol));
                break;
            case PolicyPort.Numbers numbers:
                _yaml.Field("protocol", Upper(numbers.Protocol));
                _yaml.Field("port", numbers.First);
                if (numbers.Last != numbers.First)
                {
                    _yaml.Field("endPort", numbers.Last);
                }

                break;
            case PolicyPort.Named { Protocol: { } protocol } named:
                _yaml.Field("protocol", Upper(protocol));
                _yaml.Field("port", named.Name);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private static LabelSelector NamespacesOf(PodSet set) =>
        set.Namespaces ?? new LabelSelector([new LabelRequirement(PodSet.NameLabel, LabelOperator.In, [set.Namespace ?? ""])]);

    private void Selector(string key, LabelSelector selector) => _yaml.Mapping(key, selector.IsEmpty, () =>
    {
        // A key that comes again needs an expression: a map has each key once.
        var labels = selector.Requirements.Where(requirement => requirement is { Operator: LabelOperator.In, Values.Length: 1 })
            .DistinctBy(requirement => requirement.Key).ToImmutableArray();
        var expressions = selector.Requirements.Except(labels).ToImmutableArray();
        if (!labels.IsEmpty)
        {
            _yaml.Mapping("matchLabels", () => Texts(labels.Select(label => KeyValuePair.Create(label.Key, label.Values[0]))));
        }

        if (!expressions.IsEmpty)
        {
            _yaml.List("matchExpressions", expressions, expression =>
            {
                _yaml.Field("key", expression.Key);
                _yaml.Field("operator", expression.Operator.ToString());
                if (!expression.Values.IsEmpty)
                {
                    _yaml.Texts("values", expression.Values);
                }
            });
        }
    });

    private void Service(ServiceObject service)
    {
        Head("v1", service.Metadata);
        _yaml.Mapping("spec", () =>
        {
            _yaml.Field("clusterIP", service.Addresses[0]);
            _yaml.Texts("clusterIPs", service.Addresses);
            if (service.Addresses.Length > 1)
            {
                _yaml.Field("ipFamilyPolicy", "RequireDualStack");
            }

            _yaml.Mapping("selector", () => Texts(service.Selector.Requirements.Select(label => KeyValuePair.Create(label.Key, label.Values[0]))));
            _yaml.List("ports", service.Ports, port =>
            {
                if (port.Name is not null)
                {
                    _yaml.Field("name", port.Name);
                }

                _yaml.Field("protocol", Upper(port.Protocol));
                _yaml.Field("port", port.Port);
                if (port.TargetName is not null)
                {
                    _yaml.Field("targetPort", port.TargetName);
                }
                else
                {
                    _yaml.Field("targetPort", port.TargetPort);
                }

                if (port.NodePort is { } nodePort)
                {
                    _yaml.Field("nodePort", nodePort);
                }
            });
            ServiceWays(service);
        });
        if (!service.BalancerAddresses.IsEmpty)
        {
            _yaml.Mapping("status", () => _yaml.Mapping("loadBalancer", () => _yaml.List("ingress", service.BalancerAddresses, address => _yaml.Field("ip", address))));
        }
    }

    private void ServiceWays(ServiceObject service)
    {
        var hasNodePorts = service.Ports.Any(port => port.NodePort is not null);
        if (!service.BalancerAddresses.IsEmpty)
        {
            _yaml.Field("type", "LoadBalancer");
            if (service.Ports.Any(port => port.NodePort is null))
            {
                _yaml.Field("allocateLoadBalancerNodePorts", isTrue: false);
            }

            _yaml.Texts("loadBalancerSourceRanges", service.SourceRanges);
        }
        else if (hasNodePorts)
        {
            _yaml.Field("type", "NodePort");
        }

        if (!service.ExternalAddresses.IsEmpty)
        {
            _yaml.Texts("externalIPs", service.ExternalAddresses);
        }

        if (service.AffinitySeconds is { } seconds)
        {
            _yaml.Field("sessionAffinity", "ClientIP");
            _yaml.Mapping("sessionAffinityConfig", () => _yaml.Mapping("clientIP", () => _yaml.Field("timeoutSeconds", seconds)));
        }

        if (service.IsOutsideLocal)
        {
            _yaml.Field("externalTrafficPolicy", "Local");
        }

        if (service.IsInsideLocal)
        {
            _yaml.Field("internalTrafficPolicy", "Local");
        }

        if (!service.Preferences.IsEmpty)
        {
            _yaml.Field("trafficDistribution", service.Preferences is ["zone"] ? "PreferSameZone" : "PreferSameNode");
        }
    }

    private void Texts(IEnumerable<KeyValuePair<string, string>> fields)
    {
        foreach (var (key, value) in fields)
        {
            _yaml.Field(key, value);
        }
    }

    private static string Upper(string protocol) => protocol.ToUpperInvariant();
}
