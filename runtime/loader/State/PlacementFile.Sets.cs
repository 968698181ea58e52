using System.Diagnostics;
using Netpol.Bundle;

namespace Netpol.Loader.State;

/// <content>Sets and conditions on labels.</content>
internal static partial class PlacementFile
{
    private enum SetKind : byte
    {
        Any,
        World,
        Host,
        Nodes,
        Cidr,
        Pods,
        Union,
        Intersection,
        Difference,
    }

    private enum LabelKind : byte
    {
        In,
        Has,
        Not,
        And,
        Or,
    }

    private static void Write(BinaryWriter to, SetExpression set)
    {
        switch (set)
        {
            case SetExpression.Any:
                to.Write((byte)SetKind.Any);
                break;
            case SetExpression.World:
                to.Write((byte)SetKind.World);
                break;
            case SetExpression.Host:
                to.Write((byte)SetKind.Host);
                break;
            case SetExpression.Nodes:
                to.Write((byte)SetKind.Nodes);
                break;
            case SetExpression.Cidr cidr:
                to.Write((byte)SetKind.Cidr);
                to.WriteList(cidr.Include, to.Write);
                to.WriteList(cidr.Except, to.Write);
                break;
            case SetExpression.Pods pods:
                to.Write((byte)SetKind.Pods);
                WriteOptional(to, pods.Namespace);
                WriteOptional(to, pods.NamespaceWhere);
                WriteOptional(to, pods.Where);
                break;
            case SetExpression.Union union:
                to.Write((byte)SetKind.Union);
                to.WriteList(union.Parts, part => Write(to, part));
                break;
            case SetExpression.Intersection intersection:
                to.Write((byte)SetKind.Intersection);
                to.WriteList(intersection.Parts, part => Write(to, part));
                break;
            case SetExpression.Difference difference:
                to.Write((byte)SetKind.Difference);
                Write(to, difference.Left);
                Write(to, difference.Right);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private static SetExpression ReadSet(BinaryReader from) => (SetKind)from.ReadByte() switch
    {
        SetKind.Any => new SetExpression.Any(),
        SetKind.World => new SetExpression.World(),
        SetKind.Host => new SetExpression.Host(),
        SetKind.Nodes => new SetExpression.Nodes(),
        SetKind.Cidr => new SetExpression.Cidr(from.ReadList(from.ReadString), from.ReadList(from.ReadString)),
        SetKind.Pods => new SetExpression.Pods(ReadOptional(from), ReadOptionalLabels(from), ReadOptionalLabels(from)),
        SetKind.Union => new SetExpression.Union(from.ReadList(() => ReadSet(from))),
        SetKind.Intersection => new SetExpression.Intersection(from.ReadList(() => ReadSet(from))),
        SetKind.Difference => new SetExpression.Difference(ReadSet(from), ReadSet(from)),
        _ => throw new LoaderException("what the state folder keeps of the bundle is damaged; load the bundle again"),
    };

    private static void Write(BinaryWriter to, LabelExpression labels)
    {
        switch (labels)
        {
            case LabelExpression.In isIn:
                to.Write((byte)LabelKind.In);
                to.Write(isIn.Key);
                to.WriteList(isIn.Values, to.Write);
                break;
            case LabelExpression.Has has:
                to.Write((byte)LabelKind.Has);
                to.Write(has.Key);
                break;
            case LabelExpression.Not not:
                to.Write((byte)LabelKind.Not);
                Write(to, not.Inner);
                break;
            case LabelExpression.And and:
                to.Write((byte)LabelKind.And);
                to.WriteList(and.Parts, part => Write(to, part));
                break;
            case LabelExpression.Or or:
                to.Write((byte)LabelKind.Or);
                to.WriteList(or.Parts, part => Write(to, part));
                break;
            default:
                throw new UnreachableException();
        }
    }

    private static LabelExpression ReadLabels(BinaryReader from) => (LabelKind)from.ReadByte() switch
    {
        LabelKind.In => new LabelExpression.In(from.ReadString(), from.ReadList(from.ReadString)),
        LabelKind.Has => new LabelExpression.Has(from.ReadString()),
        LabelKind.Not => new LabelExpression.Not(ReadLabels(from)),
        LabelKind.And => new LabelExpression.And(from.ReadList(() => ReadLabels(from))),
        LabelKind.Or => new LabelExpression.Or(from.ReadList(() => ReadLabels(from))),
        _ => throw new LoaderException("what the state folder keeps of the bundle is damaged; load the bundle again"),
    };

    private static void WriteOptional(BinaryWriter to, LabelExpression? labels)
    {
        to.Write(labels is not null);
        if (labels is not null)
        {
            Write(to, labels);
        }
    }

    private static LabelExpression? ReadOptionalLabels(BinaryReader from) => from.ReadBoolean() ? ReadLabels(from) : null;
}
