using System.Collections.Immutable;
using Netpol.Model;
using Netpol.Semantics;

namespace Netpol.Tests.Support.Kubernetes;

/// <summary>The pods that the recipes speak of, with others of their namespaces and of other ones, and the world outside.</summary>
public static class RecipeCluster
{
    /// <summary>The name of what is no pod in a recipe's flows.</summary>
    private const string World = "world";

    /// <summary>An address outside the cluster.</summary>
    public static Address WorldAddress { get; } = Address.Parse("198.51.100.9");

    public static ImmutableArray<Endpoint> Pods { get; } =
    [
        .. new[]
        {
            Pod("web", "default", "app=web"),
            Pod("api", "default", "app=bookstore,role=api"),
            Pod("search", "default", "app=bookstore,role=search"),
            Pod("db", "default", "app=bookstore,role=db"),
            Pod("inventory", "default", "app=inventory,role=web"),
            Pod("foo", "default", "app=foo"),
            Pod("other", "default", "app=other"),
            Pod("apiserver", "default", "app=apiserver"),
            Pod("monitor", "default", "role=monitoring"),
            Pod("far", "far", "app=web"),
            Pod("prod", "prod", "app=x"),
            Pod("ops-monitor", "ops", "type=monitoring"),
            Pod("ops-plain", "ops", "app=x"),
            Pod("dns", "kube-system", "k8s-app=kube-dns"),
        }.Select((pod, index) => pod(index)),
    ];

    /// <summary>Null is the world.</summary>
    public static Endpoint? Pod(string name) => name == World ? null : Pods.Single(pod => pod.Name == name);

    private static Func<int, Endpoint> Pod(string name, string @namespace, string labels)
    {
        var namespaceLabels = new Dictionary<string, string>();
        if (@namespace is "prod" or "ops")
        {
            namespaceLabels.Add(@namespace == "prod" ? "purpose" : "team", @namespace == "prod" ? "production" : "operations");
        }

        return index => new Endpoint(
            @namespace, namespaceLabels, labels.Split(',').Select(label => label.Split('=')).ToDictionary(label => label[0], label => label[1]),
            [Address.Parse($"10.0.0.{index + 1}")], [], name);
    }
}
