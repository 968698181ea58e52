namespace Netpol.Syntax;

/// <summary>The word before a block of rules.</summary>
public enum DirectionSyntax
{
    Ingress,
    Egress,
}
