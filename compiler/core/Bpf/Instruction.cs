namespace Netpol.Compiler.Bpf;

/// <summary>
/// One instruction, whether it takes one slot of 8 bytes or two. Fields that its code does not read are zero.
/// </summary>
/// <param name="Offset">Of memory in bytes, of a jump in slots from the next instruction.</param>
/// <param name="Immediate">32 bits with sign, or all 64 of a 64-bit immediate.</param>
public readonly record struct Instruction(Code Code, Register Destination, Register Source, short Offset, long Immediate)
{
    private const int RegisterOperand = 0x08;

    /// <summary>Slots of 8 bytes, in which jumps and the kernel count.</summary>
    public int Slots => Code.IsLoadImmediate64() ? 2 : 1;

    public static Instruction Alu64(AluOperation operation, Register destination, int immediate) =>
        new((Code)((int)operation | (int)InstructionClass.Alu64), destination, default, 0, immediate);

    public static Instruction Alu64(AluOperation operation, Register destination, Register source) =>
        new((Code)((int)operation | RegisterOperand | (int)InstructionClass.Alu64), destination, source, 0, 0);

    public static Instruction Alu32(AluOperation operation, Register destination, int immediate) =>
        new((Code)((int)operation | (int)InstructionClass.Alu32), destination, default, 0, immediate);

    public static Instruction Alu32(AluOperation operation, Register destination, Register source) =>
        new((Code)((int)operation | RegisterOperand | (int)InstructionClass.Alu32), destination, source, 0, 0);

    public static Instruction Move(Register destination, Register source) => Alu64(AluOperation.Move, destination, source);

    /// <summary>The immediate is extended with its sign.</summary>
    public static Instruction Move(Register destination, int immediate) => Alu64(AluOperation.Move, destination, immediate);

    /// <summary>By the shortest instruction that gives these 64 bits.</summary>
    public static Instruction Constant(Register destination, ulong value) => (long)value switch
    {
        >= int.MinValue and <= int.MaxValue => Move(destination, (int)value),
        <= uint.MaxValue and > 0 => Alu32(AluOperation.Move, destination, (int)value),
        _ => LoadImmediate64(destination, value),
    };

    public static Instruction Negate64(Register destination) => new(Code.Negate64, destination, default, 0, 0);

    public static Instruction Negate32(Register destination) => new(Code.Negate32, destination, default, 0, 0);

    /// <param name="code">One of the codes <c>ToLittleEndian16</c> to <c>ToBigEndian64</c>.</param>
    public static Instruction ByteOrder(Code code, Register destination) => code.IsByteOrder()
        ? new(code, destination, default, 0, 0)
        : throw new InvalidOperationException($"{code} is no change of byte order");

    public static Instruction Jump(short offset) => new(Code.Jump, default, default, offset, 0);

    public static Instruction JumpIf64(JumpOperation operation, Register left, int right, short offset) =>
        new((Code)((int)operation | (int)InstructionClass.Jump64), left, default, offset, right);

    public static Instruction JumpIf64(JumpOperation operation, Register left, Register right, short offset) =>
        new((Code)((int)operation | RegisterOperand | (int)InstructionClass.Jump64), left, right, offset, 0);

    public static Instruction JumpIf32(JumpOperation operation, Register left, int right, short offset) =>
        new((Code)((int)operation | (int)InstructionClass.Jump32), left, default, offset, right);

    public static Instruction JumpIf32(JumpOperation operation, Register left, Register right, short offset) =>
        new((Code)((int)operation | RegisterOperand | (int)InstructionClass.Jump32), left, right, offset, 0);

    public static Instruction CallHelper(Helper helper) => new(Code.CallHelper, default, default, 0, (int)helper);

    /// <param name="slots">To the function's first slot, from the next instruction.</param>
    public static Instruction CallFunction(int slots) => new(Code.CallFunction, default, default, 0, slots);

    public static Instruction CallKernelFunction(int btfId, short descriptorIndex) =>
        new(Code.CallKernelFunction, default, default, descriptorIndex, btfId);

    public static Instruction Exit() => new(Code.Exit, default, default, 0, 0);

    public static Instruction LoadImmediate64(Register destination, ulong value) =>
        new(Code.LoadImmediate64, destination, default, 0, (long)value);

    /// <param name="descriptor">The map's, or zero where a relocation names it.</param>
    public static Instruction LoadMap(Register destination, int descriptor) => new(Code.LoadMap, destination, default, 0, descriptor);

    /// <summary>The address in the first value of a map; the offset is the upper half of the immediate.</summary>
    public static Instruction LoadMapValue(Register destination, int descriptor, int offset) =>
        new(Code.LoadMapValue, destination, default, 0, (uint)descriptor | (long)offset << 32);

    public static Instruction LoadFunction(Register destination, int slots) =>
        new(Code.LoadFunction, destination, default, 0, (uint)slots);

    public static Instruction Load(MemorySize size, Register destination, Register address, short offset) =>
        new((Code)((int)Code.Load32 | (int)size), destination, address, offset, 0);

    public static Instruction Store(MemorySize size, Register address, short offset, int immediate) =>
        new((Code)((int)Code.Store32Immediate | (int)size), address, default, offset, immediate);

    public static Instruction Store(MemorySize size, Register address, short offset, Register source) =>
        new((Code)((int)Code.Store32Register | (int)size), address, source, offset, 0);

    /// <param name="size">32 or 64 bits.</param>
    public static Instruction Atomic(AtomicOperation operation, MemorySize size, Register address, short offset, Register source) =>
        CodeTraits.TryOf((byte)(0xc3 | (int)size), (byte)operation, out var code)
            ? new(code, address, source, offset, 0)
            : throw new InvalidOperationException($"there is no atomic {operation} of {size}");

    /// <summary>As the kernel's log and <c>bpftool prog dump</c> write it.</summary>
    public override string ToString() => InstructionPrinter.Print(this);
}
