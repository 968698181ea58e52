using System.Collections.Immutable;
using Netpol.Bundle;
using Netpol.Compiler.Bundling;
using Netpol.Text;

namespace Netpol.Toolchain;

/// <summary>A bundle as it will be written, but for what only its backend adds.</summary>
/// <param name="Listing">Printed where it is written; without the certificate.</param>
/// <param name="Terms">Content of <c>verdicts.bin</c>; empty: there is no such file.</param>
internal sealed record PackedBundle(
    SealedManifest Manifest, ReadOnlyMemory<byte> Object, Certificate Certificate, Func<string> Listing, ImmutableArray<byte> Terms,
    ImmutableArray<SourceFile> Sources);
