using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Compiler.Backends.Bytecode;
using Netpol.Compiler.Ir;
using Netpol.Model;

namespace Netpol.Compiler.Validation;

/// <summary>
/// What a condition is for a class of inputs, by its definition in the decision IR: true, false, or that depends on more, in which case
/// the class is split by the first thing that it depends on.
/// </summary>
internal static class ConditionTruth
{
    private const int BitsOfWord = 32;

    /// <param name="split">Where the answer is null: classes that make up this one.</param>
    public static bool? Of(Condition condition, InputClass input, out ImmutableArray<InputClass> split)
    {
        split = [];
        switch (condition)
        {
            case Condition.True:
                return true;
            case Condition.False:
                return false;
            case Condition.Not not:
                return !Of(not.Inner, input, out split);
            case Condition.And and:
                return Join(and.Parts, absorbing: false, input, out split);
            case Condition.Or or:
                return Join(or.Parts, absorbing: true, input, out split);
            case Condition.SelfIn self:
                return Bit(ObservableKind.SelfWord, self.Set.Index, input, out split);
            case Condition.PeerIn peer:
                return Bit(ObservableKind.PeerWord, peer.Set.Index, input, out split);
            case Condition.PortNamed named:
                return Bit(ObservableKind.NameWord, named.Name, input, out split);
            default:
                var (field, first, last) = RangeOf(condition);
                return Range(field, first, last, input, out split);
        }
    }

    private static (InputField Field, uint First, uint Last) RangeOf(Condition condition) => condition switch
    {
        Condition.SameNamespace => (PolicyInput.SameNamespace, 1, byte.MaxValue),
        Condition.ServiceIs service => (PolicyInput.Service, (uint)service.Service, (uint)service.Service),
        Condition.ProtocolIs protocol => (PolicyInput.Protocol, (byte)protocol.Number, (byte)protocol.Number),
        Condition.FamilyIs { Family: IpFamily.V4 } => (PolicyInput.Family, 4, 4),
        Condition.FamilyIs { Family: IpFamily.V6 } => (PolicyInput.Family, 6, 6),
        Condition.PortIn port => (PolicyInput.Port, port.First, port.Last),
        Condition.ServicePortIn port => (PolicyInput.ServicePort, port.First, port.Last),
        Condition.IcmpTypeIs type => (PolicyInput.IcmpType, type.Type, type.Type),
        Condition.IcmpCodeIs code => (PolicyInput.IcmpCode, code.Code, code.Code),
        Condition.FromHost => (PolicyInput.FromHost, 1, byte.MaxValue),
        Condition.Unspent unspent => (PolicyInput.Spent, 0, (uint)unspent.Rule - 1),
        _ => throw new UnreachableException(),
    };

    // The first part that does not say what the others may be splits the class.
    private static bool? Join(ImmutableArray<Condition> parts, bool absorbing, InputClass input, out ImmutableArray<InputClass> split)
    {
        split = [];
        var isKnown = true;
        foreach (var part in parts)
        {
            var truth = Of(part, input, out var ofPart);
            if (truth == absorbing)
            {
                split = [];
                return absorbing;
            }

            if (truth is null && isKnown)
            {
                (isKnown, split) = (false, ofPart);
            }
        }

        return isKnown ? !absorbing : null;
    }

    private static bool? Bit(ObservableKind kind, int bit, InputClass input, out ImmutableArray<InputClass> split)
    {
        split = [];
        Observable word = new(kind, bit / BitsOfWord);
        var mask = 1U << (bit % BitsOfWord);
        var (known, value) = input.BitsOf(word);
        if ((known & mask) != 0)
        {
            return (value & mask) != 0;
        }

        split = [input.WithBits(word, mask, mask), input.WithBits(word, mask, 0)];
        return null;
    }

    private static bool? Range(InputField field, uint first, uint last, InputClass input, out ImmutableArray<InputClass> split)
    {
        split = [];
        Observable what = new(ObservableKind.Field, PolicyInput.Fields.IndexOf(field));
        var (low, high) = input.RangeOf(what, PolicyInput.MaxOf(field));
        if (first > last || high < first || low > last)
        {
            return false;
        }

        if (low >= first && high <= last)
        {
            return true;
        }

        var pieces = ImmutableArray.CreateBuilder<InputClass>();
        pieces.Add(input.WithRange(what, Math.Max(low, first), Math.Min(high, last)));
        if (low < first)
        {
            pieces.Add(input.WithRange(what, low, first - 1));
        }

        if (high > last)
        {
            pieces.Add(input.WithRange(what, last + 1, high));
        }

        split = pieces.ToImmutable();
        return null;
    }
}
