using System.Collections.Immutable;
using Netpol.Cni.Configuration;

namespace Netpol.Cni.Protocol;

/// <summary>One command of the protocol: its name, the variables it requires, and its deed.</summary>
/// <param name="Run">Writes the result, if the command has one.</param>
internal sealed record CommandEntry(
    string Name, ImmutableArray<string> Requires, Action<Invocation, NetworkConfig, Stream> Run);
