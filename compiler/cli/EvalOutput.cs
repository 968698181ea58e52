using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Netpol.Questions;
using Netpol.Semantics;

namespace Netpol.Cli;

/// <summary>Judgements for programs (docs/cli.md has the fields) and for people.</summary>
internal static class EvalOutput
{
    // Relaxed: this is no HTML, and a reason full of \u0060 is hard to read.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One line: <c>{"verdict", "egress": {"verdict", "rule", "reason"}, "ingress": {…}}</c>.</summary>
    public static string Json(Judgement judgement)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            json.WriteString("verdict", Word(judgement.Verdict));
            Write(json, "egress", judgement.Egress);
            Write(json, "ingress", judgement.Ingress);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Both verdicts below each other, with the rule's place and the reason in words.</summary>
    public static string Human(FlowQuestion question, Judgement judgement)
    {
        var text = new StringBuilder();
        text.AppendLine($"{Word(judgement.Verdict)}  {Ends(question.Universe, question.Flow)}");
        if (judgement.Translation is { } translation)
        {
            text.AppendLine($"  through  {translation}");
        }

        text.AppendLine(Direction("egress", judgement.Egress));
        text.AppendLine(Direction("ingress", judgement.Ingress));
        foreach (var note in question.Notes)
        {
            text.AppendLine($"  note     {note}");
        }

        return text.ToString();
    }

    /// <summary><c>  egress   deny   a.netpol:3:5  policy `p`: deny to any</c></summary>
    public static string Direction(string name, DirectionJudgement judgement)
    {
        var place = judgement.Rule is { } rule ? $"{rule.Origin}  " : "";
        var log = judgement.IsLogged ? " (logged)" : "";
        return $"  {name,-8} {Word(judgement.Verdict),-6} {place}{judgement.Text}{log}";
    }

    /// <summary><c>pod:shop/app=web (10.0.0.1) -> 192.0.2.1 on 80/tcp</c></summary>
    public static string Ends(Universe universe, Flow flow)
    {
        return $"{Name(flow.Source)} -> {Name(flow.Destination)} on {flow.Traffic}";

        string Name(Netpol.Model.Address address) =>
            universe.EndpointAt(address) is { } endpoint ? $"{endpoint} ({address})"
            : universe.NodeAt(address) is { } ? $"node ({address})"
            : address.ToString();
    }

    public static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Allow => "allow",
        Verdict.Deny => "deny",
        Verdict.Reject => "reject",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static void Write(Utf8JsonWriter json, string name, DirectionJudgement judgement)
    {
        json.WriteStartObject(name);
        json.WriteString("verdict", Word(judgement.Verdict));
        if (judgement.Rule is { } rule)
        {
            json.WriteString("rule", rule.Origin.ToString());
        }
        else
        {
            json.WriteNull("rule");
        }

        json.WriteString("reason", judgement.Text);
        json.WriteEndObject();
    }
}
