using System.Collections.Immutable;
using Netpol.Diagnostics;
using Netpol.Model;
using Netpol.Syntax;

namespace Netpol.Binding;

/// <summary>Addresses and prefixes from their spelling.</summary>
internal static class PrefixBinder
{
    public static ImmutableArray<Prefix> Bind(FileScope file, ImmutableArray<Spelled<string>> written) =>
        [.. written.Select(spelled => Bind(file, spelled)).OfType<Prefix>()];

    public static Prefix? Bind(FileScope file, Spelled<string> written)
    {
        if (!Prefix.TryParse(written.Value, out var prefix))
        {
            file.Report(BindingDiagnostics.NotAnAddress, written.Span, Wording.Quote(written.Value));
            return null;
        }

        if (!Address.TryParse(written.Value.Split('/')[0], out var address) || address != prefix.Network)
        {
            file.Report(BindingDiagnostics.HostBitsSet.At(file.Source, written.Span, written.Value).WithFix(prefix.ToString()));
        }

        return prefix;
    }

    public static Address? BindAddress(FileScope file, Spelled<string> written)
    {
        if (Address.TryParse(written.Value, out var address))
        {
            return address;
        }

        file.Report(
            Prefix.TryParse(written.Value, out _) ? BindingDiagnostics.PrefixForAddress : BindingDiagnostics.NotAnAddress,
            written.Span, Wording.Quote(written.Value));
        return null;
    }
}
