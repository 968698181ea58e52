using System.Collections.Immutable;
using Netpol.Diagnostics;
using Netpol.Model;
using Netpol.Semantics.Analysis;
using Netpol.Syntax;
using Netpol.Text;

namespace Netpol.Advice;

/// <summary>Says of a model without errors what can hardly be meant, at the places of its sources.</summary>
public sealed class Adviser
{
    private readonly SyntaxPlaces _places;
    private readonly ImmutableArray<Diagnostic>.Builder _found = ImmutableArray.CreateBuilder<Diagnostic>();

    private Adviser(ImmutableArray<CompilationUnitSyntax> units) => _places = new SyntaxPlaces(units);

    /// <param name="units">The files that the model was bound from.</param>
    public static ImmutableArray<Diagnostic> Advise(NetworkModel model, ImmutableArray<CompilationUnitSyntax> units)
    {
        var adviser = new Adviser(units);
        adviser.Add(ModelReview.Of(model));
        return [.. adviser._found
            .OrderBy(diagnostic => diagnostic.Source?.Path, StringComparer.Ordinal)
            .ThenBy(diagnostic => diagnostic.Span.Start)
            .ThenBy(diagnostic => diagnostic.Id, StringComparer.Ordinal)];
    }

    private void Add(ModelReview review)
    {
        foreach (var policy in review.SelectingNobody)
        {
            Report(AdviceDiagnostics.SelectsNobody, policy.Origin, null, "", policy.Name);
        }

        // One mistake is said once, by its cause.
        var translatedRules = review.Translated.Select(translated => translated.Rule).ToHashSet();
        var opened = review.Opened.Select(opened => opened.Inspecting).ToHashSet();
        foreach (var hidden in review.Hidden.Where(hidden => !opened.Contains(hidden.Rule) && !review.SelectingNobody.Contains(hidden.Policy) && !(hidden.IsImpossible && translatedRules.Contains(hidden.Rule))))
        {
            Add(hidden);
        }

        foreach (var (policy, example) in review.WithoutDns)
        {
            Report(AdviceDiagnostics.NoDns, policy.Origin, null, "", policy.Name, example);
        }

        foreach (var (inspecting, plain) in review.Opened)
        {
            Report(AdviceDiagnostics.OpenedInspection, inspecting.Origin, plain.Origin, "let through here", plain.Origin.Text);
        }

        foreach (var translated in review.Translated)
        {
            Add(translated);
        }

        foreach (var (service, clients, policy, rule) in review.Shut)
        {
            var cause = rule?.Origin ?? policy.Origin;
            Report(
                clients is null ? AdviceDiagnostics.ShutService : AdviceDiagnostics.ShutClients,
                clients?.Origin ?? service.Origin, cause, "shut out here", service.Name, rule?.Origin.Text ?? $"policy {policy.Name}");
        }

        foreach (var (rule, _, policy, direction) in review.Widened)
        {
            Report(
                AdviceDiagnostics.WidenedElsewhere, rule.Origin, policy.Origin, "closed here",
                direction == Direction.Egress ? "egress" : "ingress", policy.Name, policy.Origin.File);
        }
    }

    private void Add(HiddenRule hidden)
    {
        var rule = hidden.Rule;
        if (hidden.By.FirstOrDefault() is not { } first)
        {
            if (hidden.Isolating.FirstOrDefault() is { } policy)
            {
                Report(AdviceDiagnostics.IsolatedBaseline, rule.Origin, policy.Origin, "isolated here", policy.Name, Others(hidden.Isolating.Length));
            }
            else
            {
                Report(hidden.IsByNode ? AdviceDiagnostics.NodeNeedsNoRule : AdviceDiagnostics.ImpossibleRule, rule.Origin, null, "");
            }

            return;
        }

        var isDenied = rule.Action == RuleAction.Allow && hidden.By.All(other => other.Action is RuleAction.Deny or RuleAction.Reject);
        var isUnlimited = rule.Limit is not null && hidden.By.All(other => other.Action == RuleAction.Allow);
        var descriptor = isDenied ? AdviceDiagnostics.Contradiction : isUnlimited ? AdviceDiagnostics.IdleLimit : AdviceDiagnostics.HiddenRule;
        Report(descriptor, rule.Origin, first.Origin, "decided here", first.Origin.Text, Others(hidden.By.Length));
        if (!isDenied && !isUnlimited)
        {
            FixByRemoval();
        }
    }

    private void Add(TranslatedPeer translated)
    {
        var services = translated.Services.IsEmpty
            ? "the cluster's addresses for services are translated before"
            : $"service {string.Join(", ", translated.Services.Select(service => $"`{service.Name}`"))} translates it before";
        Report(
            AdviceDiagnostics.TranslatedAddress, translated.Rule.Origin, translated.Services.FirstOrDefault()?.Origin, "translated here",
            SetText.Of(translated.Addresses), services);
        if (translated.Whole && _places.Find(translated.Rule.Origin) is { Syntax: RuleSyntax written } && _found[^1] is var last)
        {
            // Ports behind `on` are the backends', and may be others than the service's own.
            _found[^1] = written.Ports.IsEmpty
                ? last with { Fix = new SuggestedFix(written.Peer.Span, $"service {SetText.Name(translated.Services[0].Name)}") }
                : last;
        }
    }

    private static string Others(int count) => count switch
    {
        1 => "",
        2 => ", with another",
        _ => $", with {count - 1} others",
    };

    private void Report(DiagnosticDescriptor descriptor, Origin at, Origin? related, string message, params object[] arguments)
    {
        if (_places.Find(at) is not var (source, syntax))
        {
            throw new InvalidOperationException($"nothing was written at {at}");
        }

        var diagnostic = descriptor.At(source, HeadOf(source, syntax.Span), arguments);
        _found.Add(related is { } origin && _places.Find(origin) is var (other, cause)
            ? diagnostic.With(other, HeadOf(other, cause.Span), message)
            : diagnostic);
    }

    /// <summary>Of what goes over several lines the first is enough to see.</summary>
    private static TextSpan HeadOf(SourceFile source, TextSpan span)
    {
        var line = source.LineSpan(source.PositionOf(span.Start).Line);
        return TextSpan.FromBounds(span.Start, Math.Max(span.Start, Math.Min(span.End, line.End)));
    }

    /// <summary>The fix of the last diagnostic is to take out what it is about, where that has its lines to itself.</summary>
    private void FixByRemoval()
    {
        var last = _found[^1];
        if (last.Source is not { } source || _places.Find(OriginOf(source, last.Span)) is not { Syntax: RuleSyntax rule } || rule.TrailingComment is not null)
        {
            return;
        }

        var (first, final) = (source.PositionOf(rule.Span.Start).Line, source.PositionOf(rule.Span.End).Line);
        while (first > 1 && source.LineText(first - 1).TrimStart().StartsWith("//", StringComparison.Ordinal))
        {
            first--;
        }

        var (before, behind) = (source.LineSpan(source.PositionOf(rule.Span.Start).Line), source.LineSpan(final));
        if (source.Text.AsSpan(before.Start, rule.Span.Start - before.Start).IsWhiteSpace() && source.Text.AsSpan(rule.Span.End, behind.End - rule.Span.End).IsWhiteSpace()
            && final < source.LineCount)
        {
            _found[^1] = last with { Fix = new SuggestedFix(TextSpan.FromBounds(source.LineSpan(first).Start, source.LineSpan(final + 1).Start), "") };
        }
    }

    private static Origin OriginOf(SourceFile source, TextSpan span)
    {
        var place = source.PositionOf(span.Start);
        return new(source.Path, place.Line, place.Column, "");
    }
}
