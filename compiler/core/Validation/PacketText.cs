using System.Collections.Immutable;
using System.Globalization;
using Netpol.Compiler.Backends.Bytecode;
using Netpol.Compiler.Ir;
using Netpol.Model;

namespace Netpol.Compiler.Validation;

/// <summary>A class of inputs as the packet that a person would send: <c>ingress of an endpoint in `api`, peer in `web`, tcp, port 8080</c>.</summary>
internal static class PacketText
{
    private const int BitsOfWord = 32;

    // Numbers that mean something on a node alone.
    private static readonly ImmutableArray<InputField> Classes = [PolicyInput.SelfClass, PolicyInput.PeerClass, PolicyInput.PortNames];

    public static string Of(Direction direction, InputClass input, DecisionProgram program)
    {
        List<string> parts = [(direction == Direction.Egress ? "egress" : "ingress") + " of an endpoint" + Sets(ObservableKind.SelfWord, input, program)];
        if (input.Known.Any(what => what.Kind == ObservableKind.PeerWord))
        {
            parts.Add("a peer" + Sets(ObservableKind.PeerWord, input, program));
        }

        foreach (var (index, field) in PolicyInput.Fields.Index())
        {
            Observable what = new(ObservableKind.Field, index);
            if (!Classes.Contains(field) && input.Known.Contains(what))
            {
                parts.Add(Field(field, input.RangeOf(what, PolicyInput.MaxOf(field)).First));
            }
        }

        parts.AddRange(Bits(ObservableKind.NameWord, input, isSet: true).Select(bit => $"a port named `{program.PortNames[bit]}`"));
        return string.Join(", ", parts);
    }

    private static string Field(InputField field, uint value)
    {
        if (field == PolicyInput.Protocol && Enum.IsDefined((Protocol)value))
        {
            return ((Protocol)value).ToString().ToLowerInvariant();
        }

        return field == PolicyInput.SameNamespace
            ? value == 0 ? "of another namespace" : "of the same namespace"
            : string.Create(CultureInfo.InvariantCulture, $"{field.Name.Replace('_', ' ')} {value}");
    }

    private static string Sets(ObservableKind kind, InputClass input, DecisionProgram program)
    {
        var within = Bits(kind, input, isSet: true).Select(bit => $"`{program.Sets[bit].Title}`").ToList();
        return within.Count == 0 ? " in no set" : " in " + string.Join(" and ", within);
    }

    private static IEnumerable<int> Bits(ObservableKind kind, InputClass input, bool isSet) => input.Known
        .Where(what => what.Kind == kind)
        .SelectMany(what => Enumerable.Range(0, BitsOfWord)
            .Where(bit => (input.BitsOf(what).Known >> bit & 1) != 0 && (input.BitsOf(what).Value >> bit & 1) != 0 == isSet)
            .Select(bit => (what.Index * BitsOfWord) + bit))
        .Order();
}
