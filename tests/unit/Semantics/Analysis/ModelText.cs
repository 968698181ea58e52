using Netpol.Model;
using Netpol.Semantics.Analysis;

namespace Netpol.Tests.Unit.Semantics.Analysis;

/// <summary>A random model as the language would write what matters of it, for who reads a failure.</summary>
internal static class ModelText
{
    public static string Of(NetworkModel model) => string.Join('\n',
    [
        $"cluster pods {string.Join(' ', model.Cluster.PodRanges)} nodes {string.Join(' ', model.Cluster.NodeRanges)}"
            + $" services {string.Join(' ', model.Cluster.ServiceRanges)} v4 {model.Cluster.HasV4} v6 {model.Cluster.HasV6}",
        .. model.Namespaces.Select(space => $"namespace {space.Name} {{ {string.Join(", ", space.Labels.Select(label => $"{label.Key}={label.Value}"))} }}"),
        .. model.Assumptions.Select(assumption => $"assume no {SetText.Of(assumption.Endpoints)}"),
        .. model.Services.Select(Of),
        .. model.Policies.Select(policy => $"policy {policy.Name} for {SetText.Of(policy.For)} tier {policy.Tier.Kind} {policy.Tier.Order}" + string.Concat(policy.Blocks.Select(block =>
            $"\n  {block.Direction}{(block.IsOpen ? " open" : "")}" + string.Concat(block.Rules.Select(rule => $"\n    {rule.Origin.Line}: {RuleText.Of(rule, block.Direction)}")))))
    ]);

    private static string Of(Service service) =>
        $"service {service.Name} {string.Join(' ', service.Addresses)} ports {string.Join(' ', service.Ports.Select(port => $"{port.Name} {port.Port}/{port.Protocol} -> {port.Target}"))}"
        + $" backends {(service.Backends is BackendSource.Endpoints set ? SetText.Of(set.Set) : string.Join(' ', ((BackendSource.Literal)service.Backends).Backends))}"
        + $" nodeports {string.Join(' ', service.NodePorts.Select(port => port.Number))} outside {service.Outside}"
        + $" balancers {string.Join(' ', service.LoadBalancers.Select(balancer => $"{string.Join(' ', balancer.Addresses)} from {(balancer.From is { } from ? SetText.Of(from) : "any")}"))}";
}
