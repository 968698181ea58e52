using System.Collections.Immutable;
using Netpol.Cni.Commands;
using Netpol.Cni.Protocol;

namespace Netpol.Cni;

/// <summary>The commands of this plugin and the variables that each requires (specification, section 2).</summary>
internal static class Plugin
{
    public static readonly ImmutableArray<CommandEntry> Commands =
    [
        new("ADD", RequiredOnContainer, AddCommand.Run),

        // No CNI_NETNS: the namespace may be gone, and containerd asks a second time with an empty one.
        new("DEL", [Invocation.ContainerIdVariable, Invocation.InterfaceNameVariable, Invocation.PluginPathVariable],
            (invocation, config, _) => DelCommand.Run(invocation, config)),
        new("CHECK", RequiredOnContainer, (invocation, config, _) => CheckCommand.Run(invocation, config)),
        new("GC", [Invocation.PluginPathVariable], (invocation, config, _) => GcCommand.Run(invocation, config)),
        new("STATUS", [], (_, config, _) => StatusCommand.Run(config)),
    ];

    private static ImmutableArray<string> RequiredOnContainer =>
    [
        Invocation.ContainerIdVariable, Invocation.NetworkNamespaceVariable, Invocation.InterfaceNameVariable,
        Invocation.PluginPathVariable,
    ];
}
