using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Compiler.Bpf;
using Netpol.Compiler.Bpf.Functions;
using Netpol.Compiler.Ir;
using Netpol.Model;

namespace Netpol.Compiler.Backends.Bytecode;

/// <summary>
/// Conditions as jumps that leave as soon as the answer is known. What was loaded last stays in r2 for the next test, within one
/// condition: the verifier would follow every combination of what conditions before had found.
/// </summary>
internal sealed class ConditionEmitter(FunctionAssembler assembler)
{
    public const Register Input = Register.R6;

    private const Register Loaded = Register.R2;
    private const int BitsOfWord = 32;

    private (Register Base, int Offset)? _loaded;

    /// <summary>Forgets what is in registers, where code from elsewhere may come in.</summary>
    public void Forget() => _loaded = null;

    /// <summary>Goes on behind this code where a folded condition holds, and to the label where not.</summary>
    public void JumpUnless(Condition condition, Label target) => Emit(condition, target, whenHolds: false);

    private void Emit(Condition condition, Label target, bool whenHolds)
    {
        switch (condition)
        {
            case Condition.Not not:
                Emit(not.Inner, target, !whenHolds);
                break;
            case Condition.And and:
                Each([.. and.Parts.Select(part => new Part(part, null, 0, 0))], target, whenHolds, settles: false);
                break;
            case Condition.Or or:
                Each(ByWord(or.Parts), target, whenHolds, settles: true);
                break;
            default:
                Atom(condition, target, whenHolds);
                break;
        }
    }

    // One part that is what `settles` says settles the whole.
    private void Each(ImmutableArray<Part> parts, Label target, bool whenHolds, bool settles)
    {
        if (settles == whenHolds)
        {
            foreach (var part in parts)
            {
                Emit(part, target, whenHolds);
            }

            return;
        }

        var behind = assembler.NewLabel();
        foreach (var part in parts[..^1])
        {
            Emit(part, behind, settles);
        }

        Emit(parts[^1], target, whenHolds);
        assembler.Mark(behind);
        Forget();
    }

    private void Emit(Part part, Label target, bool whenHolds)
    {
        if (part.Table is null)
        {
            Emit(part.Condition, target, whenHolds);
        }
        else
        {
            Bits(part.Table, part.Word, part.Mask, target, whenHolds);
        }
    }

    private void Atom(Condition condition, Label target, bool whenHolds)
    {
        switch (condition)
        {
            case Condition.SelfIn or Condition.PeerIn or Condition.PortNamed when BitOf(condition) is var (table, bit):
                Bits(table, bit / BitsOfWord, 1U << (bit % BitsOfWord), target, whenHolds);
                break;
            case Condition.SameNamespace:
                Compare(PolicyInput.SameNamespace, JumpOperation.NotEqual, 0, target, whenHolds);
                break;
            case Condition.ServiceIs service:
                Compare(PolicyInput.Service, JumpOperation.Equal, service.Service, target, whenHolds);
                break;
            case Condition.ProtocolIs protocol:
                Compare(PolicyInput.Protocol, JumpOperation.Equal, (byte)protocol.Number, target, whenHolds);
                break;
            case Condition.FamilyIs family:
                Compare(PolicyInput.Family, JumpOperation.Equal, family.Family == IpFamily.V4 ? 4 : 6, target, whenHolds);
                break;
            case Condition.IcmpTypeIs type:
                Compare(PolicyInput.IcmpType, JumpOperation.Equal, type.Type, target, whenHolds);
                break;
            case Condition.IcmpCodeIs code:
                Compare(PolicyInput.IcmpCode, JumpOperation.Equal, code.Code, target, whenHolds);
                break;
            case Condition.PortIn port:
                Range(PolicyInput.Port, port.First, port.Last, target, whenHolds);
                break;
            case Condition.ServicePortIn port:
                Range(PolicyInput.ServicePort, port.First, port.Last, target, whenHolds);
                break;
            case Condition.FromHost:
                Compare(PolicyInput.FromHost, JumpOperation.NotEqual, 0, target, whenHolds);
                break;
            case Condition.Unspent unspent:
                Compare(PolicyInput.Spent, JumpOperation.Less, unspent.Rule, target, whenHolds);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private void Range(InputField field, ushort first, ushort last, Label target, bool whenHolds)
    {
        switch (first, last)
        {
            case var _ when first == last:
                Compare(field, JumpOperation.Equal, first, target, whenHolds);
                break;
            case (0, _):
                Compare(field, JumpOperation.LessOrEqual, last, target, whenHolds);
                break;
            case (_, ushort.MaxValue):
                Compare(field, JumpOperation.GreaterOrEqual, first, target, whenHolds);
                break;
            default:
                // What is below the first wraps round to numbers above every port.
                Load(Input, field.Offset, field.Size);
                assembler.Emit(Instruction.Alu32(AluOperation.Add, Loaded, -first));
                assembler.EmitJump(
                    Instruction.JumpIf32(whenHolds ? JumpOperation.LessOrEqual : JumpOperation.Greater, Loaded, last - first, 0), target);
                Forget();
                break;
        }
    }

    private void Compare(InputField field, JumpOperation operation, int value, Label target, bool whenHolds)
    {
        Load(Input, field.Offset, field.Size);
        assembler.EmitJump(Instruction.JumpIf32(whenHolds ? operation : Opposite(operation), Loaded, value, 0), target);
    }

    private void Bits(WordTable table, int word, uint mask, Label target, bool whenHolds)
    {
        Load(table.Address, (short)(word * sizeof(uint)), MemorySize.Bits32);
        if (whenHolds)
        {
            assembler.EmitJump(Instruction.JumpIf32(JumpOperation.AnyBit, Loaded, (int)mask, 0), target);
            return;
        }

        // No jump asks for the absence of bits.
        assembler.Emit(Instruction.Alu32(AluOperation.And, Loaded, (int)mask));
        assembler.EmitJump(Instruction.JumpIf32(JumpOperation.Equal, Loaded, 0, 0), target);
        Forget();
    }

    private void Load(Register address, short offset, MemorySize size)
    {
        if (_loaded != (address, offset))
        {
            assembler.Emit(Instruction.Load(size, Loaded, address, offset));
            _loaded = (address, offset);
        }
    }

    private static JumpOperation Opposite(JumpOperation operation) => operation switch
    {
        JumpOperation.Equal => JumpOperation.NotEqual,
        JumpOperation.NotEqual => JumpOperation.Equal,
        JumpOperation.LessOrEqual => JumpOperation.Greater,
        JumpOperation.GreaterOrEqual => JumpOperation.Less,
        JumpOperation.Less => JumpOperation.GreaterOrEqual,
        _ => throw new UnreachableException(),
    };

    public static (WordTable Table, int Bit)? BitOf(Condition condition) => condition switch
    {
        Condition.SelfIn self => (WordTable.Self, self.Set.Index),
        Condition.PeerIn peer => (WordTable.Peer, peer.Set.Index),
        Condition.PortNamed named => (WordTable.PortNames, named.Name),
        _ => null,
    };

    // Bits of one word are asked for together, where the first of them stood.
    private static ImmutableArray<Part> ByWord(ImmutableArray<Condition> alternatives)
    {
        var parts = ImmutableArray.CreateBuilder<Part>();
        Dictionary<(WordTable Table, int Word), int> places = [];
        foreach (var alternative in alternatives)
        {
            if (BitOf(alternative) is not var (table, bit))
            {
                parts.Add(new Part(alternative, null, 0, 0));
                continue;
            }

            var (word, mask) = (bit / BitsOfWord, 1U << (bit % BitsOfWord));
            if (places.TryGetValue((table, word), out var place))
            {
                parts[place] = parts[place] with { Mask = parts[place].Mask | mask };
            }
            else
            {
                places.Add((table, word), parts.Count);
                parts.Add(new Part(alternative, table, word, mask));
            }
        }

        return parts.ToImmutable();
    }

    private sealed record Part(Condition Condition, WordTable? Table, int Word, uint Mask);
}
