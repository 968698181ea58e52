using System.Collections.Immutable;
using Netpol.Kubernetes.Objects;

namespace Netpol.Kubernetes.Reading;

/// <summary>Reads labels and addresses of a Node, for policies that find nodes by label.</summary>
internal static class NodeReader
{
    public static NodeObject Read(FieldReader root, ObjectMetadata metadata)
    {
        var addresses = ImmutableArray.CreateBuilder<string>();
        foreach (var entry in root.Mapping("status")?.Mappings("addresses") ?? [])
        {
            // The others are names: Hostname, InternalDNS, ExternalDNS.
            if (entry.Text("type") is "InternalIP" or "ExternalIP" && entry.Text("address") is { } address
                && Blocks.ReadAddress(address, entry.SpanOf("address"), entry.PathOf("address"), root.Log) is { } read)
            {
                addresses.Add(read);
            }
        }

        return new NodeObject(metadata, [.. addresses.Distinct()]);
    }
}
