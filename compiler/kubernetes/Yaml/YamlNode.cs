using System.Collections.Immutable;
using Netpol.Text;

namespace Netpol.Kubernetes.Yaml;

/// <summary>A YAML value and its place. Aliases are the node they stand for, so a node may be reached by several ways.</summary>
internal abstract record YamlNode(TextSpan Span)
{
    /// <param name="IsPlain">Written without quotes, so that it may be a number, a boolean or null.</param>
    public sealed record Scalar(TextSpan Span, string Text, bool IsPlain) : YamlNode(Span)
    {
        public bool IsNull => IsPlain && Text is "" or "~" or "null" or "Null" or "NULL";
    }

    public sealed record Sequence(TextSpan Span, ImmutableArray<YamlNode> Items) : YamlNode(Span);

    /// <summary>In the order written; keys are strings and unique.</summary>
    public sealed record Mapping(TextSpan Span, ImmutableArray<YamlEntry> Entries) : YamlNode(Span)
    {
        public YamlNode? this[string key] => Entries.FirstOrDefault(entry => entry.Key.Text == key)?.Value;
    }
}

internal sealed record YamlEntry(YamlNode.Scalar Key, YamlNode Value);
