using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Netpol.Tests.Unit.Kubernetes;

/// <summary>A part of a YAML document on one line, so that a test can show it; texts keep the quotes they have.</summary>
internal static class FlowYaml
{
    public static string Of(string yaml, params string[] path)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return Write(path.Aggregate(stream.Documents[0].RootNode, (node, key) => node[key]));
    }

    private static string Write(YamlNode node) => node switch
    {
        YamlMappingNode { Children.Count: 0 } => "{}",
        YamlMappingNode mapping => $"{{ {string.Join(", ", mapping.Children.Select(entry => $"{Write(entry.Key)}: {Write(entry.Value)}"))} }}",
        YamlSequenceNode sequence => $"[{string.Join(", ", sequence.Children.Select(Write))}]",
        YamlScalarNode { Style: ScalarStyle.DoubleQuoted } quoted => $"\"{quoted.Value}\"",
        YamlScalarNode plain => plain.Value ?? "",
        _ => throw new ArgumentException($"{node}", nameof(node)),
    };
}
