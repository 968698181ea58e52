using System.Globalization;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Netpol.Tests.Support.Kubernetes;

/// <summary>A manifest of the conformance suite, with its template filled in, that a test changes as the Go code patches objects.</summary>
public sealed partial class ConformanceManifest
{
    private readonly YamlStream _stream = [];

    public ConformanceManifest(string text) => _stream.Load(new StringReader(Port().Replace(
        text, match => ConformanceCluster.HostNetworkPorts[int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)].ToString(CultureInfo.InvariantCulture))));

    /// <summary>As YAML, with the namespaces and the node of the cluster.</summary>
    public string Text()
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        _stream.Save(writer, assignAnchors: false);
        return $"{ConformanceCluster.Manifest}\n---\n{writer.ToString().Replace("...", "---", StringComparison.Ordinal)}";
    }

    /// <param name="words"><c>NAME swap egress 0 1</c> and the like.</param>
    public void Change(string[] words)
    {
        var document = _stream.Documents.Single(document => At(document.RootNode, "metadata", "name") is YamlScalarNode name && name.Value == words[0]);
        var spec = At(document.RootNode, "spec");
        switch (words[1])
        {
            case "swap":
                var rules = Rules(spec, words[2]).Children;
                var (first, second) = (int.Parse(words[3], CultureInfo.InvariantCulture), int.Parse(words[4], CultureInfo.InvariantCulture));
                (rules[first], rules[second]) = (rules[second], rules[first]);
                break;
            case "action":
                Set(Rules(spec, words[2])[int.Parse(words[3], CultureInfo.InvariantCulture)], "action", words[4]);
                break;
            case "priority":
                Set(spec, "priority", words[2]);
                break;
            case "named":
                Set(
                    Rules(spec, words[2])[int.Parse(words[3], CultureInfo.InvariantCulture)], "protocols",
                    new YamlSequenceNode(new YamlMappingNode("destinationNamedPort", words[4])));
                break;
            case "networks":
                var networks = words[3..].SelectMany(pod => ConformanceCluster.AddressesOf(pod)).Select(address => $"{address}/{address.Width}");
                Rules(spec, words[2]).Children.Insert(0, new YamlMappingNode(
                    "action", "Accept",
                    "to", new YamlSequenceNode(new YamlMappingNode("networks", new YamlSequenceNode(networks.Select(network => new YamlScalarNode(network)))))));
                break;
            case "delete":
                _stream.Documents.Remove(document);
                break;
            default:
                throw new ArgumentException(string.Join(' ', words), nameof(words));
        }
    }

    private static YamlNode At(YamlNode node, params string[] path) => path.Aggregate(node, (inner, key) => inner[key]);

    private static YamlSequenceNode Rules(YamlNode spec, string direction) => (YamlSequenceNode)At(spec, direction);

    private static void Set(YamlNode mapping, string key, YamlNode value) => ((YamlMappingNode)mapping).Children[key] = value;

    [GeneratedRegex(@"\{\{ index \.HostNetworkPorts ([0-9]+) \}\}")]
    private static partial Regex Port();
}
