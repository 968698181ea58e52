namespace Netpol.Compiler.Bpf;

/// <summary>What an atomic access does; the value is its immediate.</summary>
public enum AtomicOperation : byte
{
    Add = 0x00,
    Or = 0x40,
    And = 0x50,
    Xor = 0xa0,
    FetchAdd = 0x01,
    FetchOr = 0x41,
    FetchAnd = 0x51,
    FetchXor = 0xa1,
    Exchange = 0xe1,
    CompareExchange = 0xf1,
}
