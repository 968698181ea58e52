using Netpol.Model;
using Netpol.Syntax;

namespace Netpol.Binding;

/// <summary><c>limit 200/s burst 400 per source</c></summary>
internal static class LimitBinder
{
    /// <summary>Null where it was reported.</summary>
    public static RateLimit? Bind(FileScope file, ClauseSyntax.Limit syntax)
    {
        var seconds = ScaleBinder.SecondsOf(syntax.Rate.Unit);
        var (number, written) = (syntax.Rate.Number, file.Source.TextOf(syntax.Rate.Span));
        if (number * 3600 / seconds < 1 || number / seconds > RateLimit.HighestPerSecond)
        {
            file.Report(BindingDiagnostics.LimitOutOfRange, syntax.Rate.Span, written, "limit", "1/h", $"{RateLimit.HighestPerSecond}/s");
            return null;
        }

        if (syntax.Burst is { } burst && burst.Value is < 1 or > RateLimit.HighestBurst)
        {
            file.Report(BindingDiagnostics.LimitOutOfRange, burst.Span, burst.Value, "burst", 1, RateLimit.HighestBurst);
            return null;
        }

        // One second's worth, and one connection where that takes longer.
        var ofASecond = (int)Math.Ceiling(number / seconds);
        return new RateLimit(number, seconds, syntax.Burst?.Value ?? ofASecond, syntax.IsPerSource);
    }
}
