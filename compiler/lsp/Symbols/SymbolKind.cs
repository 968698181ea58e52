namespace Netpol.Lsp.Symbols;

/// <summary>What a name names. Names of different kinds live together.</summary>
internal enum SymbolKind
{
    Group,
    Ports,
    Policy,
    Service,
    Qos,
    Namespace,

    /// <summary>A port that a service gives a name.</summary>
    ServicePort,

    /// <summary>A port by the name that a pod gives it; declared nowhere in these files.</summary>
    PodPort,

    /// <summary>A label's key; declared nowhere in these files.</summary>
    LabelKey,

    /// <summary>The path of an import.</summary>
    File,
}
