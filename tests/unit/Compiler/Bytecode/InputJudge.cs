using System.Collections.Immutable;
using Netpol.Compiler.Backends.Bytecode;
using Netpol.Compiler.Bpf;
using Netpol.Compiler.Bpf.Interpretation;

namespace Netpol.Tests.Unit.Compiler.Bytecode;

/// <summary>Runs verdicts on random inputs, drawn from few numbers so that rules match.</summary>
internal sealed class InputJudge
{
    private const int Words = 2, Classes = 64;

    private static readonly ImmutableArray<ushort> Ports = [0, 1, 22, 40, 53, 80, 81, 100, 121, 140, 443, 5432, 8080, 8081, 8120, 9000, 65535];
    private static readonly ImmutableArray<byte> Protocols = [1, 6, 17, 47, 58, 132];

    private readonly MachineProgram _program;
    private readonly Machine _machine;

    private InputJudge(ImmutableArray<EmittedFunction> functions)
    {
        Random random = new(1);
        ArrayMap members = new(PolicyInput.ClassMembers, sizeof(ulong) * Words, Classes), names = new(PolicyInput.PortNameMembers, sizeof(ulong) * Words, Classes);
        for (var index = 0; index < Classes; index++)
        {
            random.NextBytes(members[index]);
            random.NextBytes(names[index]);
        }

        _program = MachineProgram.Link(functions.Select(function => function.Code), members, names);
        _machine = new Machine(_program, MapHelpers.Table);
    }

    public static bool CanTellApart(ImmutableArray<EmittedFunction> left, ImmutableArray<EmittedFunction> right, int tries)
    {
        InputJudge a = new(left), b = new(right);
        Random random = new(2);
        for (var n = 0; n < tries; n++)
        {
            var input = Next(random);
            if (a.Judge("egress_verdict", input) != b.Judge("egress_verdict", input) || a.Judge("ingress_verdict", input) != b.Judge("ingress_verdict", input))
            {
                return true;
            }
        }

        return false;
    }

    private (FaultKind, ulong) Judge(string verdict, byte[] input)
    {
        var result = _machine.Run(_program.EntryOf(verdict), input);
        return (result.Fault, result.Answer);
    }

    private static byte[] Next(Random random)
    {
        var input = new byte[PolicyInput.Size];
        void Write(InputField field, int value)
        {
            for (var index = 0; index < field.Size.Bytes(); index++)
            {
                input[field.Offset + index] = (byte)(value >> (8 * index));
            }
        }

        Write(PolicyInput.SelfClass, random.Next(Classes + 1));
        Write(PolicyInput.PeerClass, random.Next(Classes + 1));
        Write(PolicyInput.PortNames, random.Next(Classes + 1));
        Write(PolicyInput.Service, random.Next(4));
        Write(PolicyInput.Port, Ports[random.Next(Ports.Length)] + random.Next(2));
        Write(PolicyInput.ServicePort, Ports[random.Next(Ports.Length)]);
        Write(PolicyInput.Protocol, Protocols[random.Next(Protocols.Length)]);
        Write(PolicyInput.Family, random.Next(2) == 0 ? 4 : 6);
        Write(PolicyInput.IcmpType, random.Next(3) == 0 ? 8 : random.Next(256));
        Write(PolicyInput.IcmpCode, random.Next(3));
        Write(PolicyInput.SameNamespace, random.Next(2));
        return input;
    }
}
