using Netpol.Bundle;

namespace Netpol.Compiler.Bundling;

/// <param name="Text">Content of <see cref="Manifest.FileName"/>.</param>
public sealed record SealedManifest(Manifest Manifest, byte[] Text);
