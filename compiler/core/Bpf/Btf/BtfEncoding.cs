namespace Netpol.Compiler.Bpf.Btf;

/// <summary>How an integer is shown.</summary>
public enum BtfEncoding : byte
{
    Unsigned = 0,
    Signed = 1,
    Character = 2,
    Boolean = 4,
}
