namespace Netpol.Loader;

/// <param name="Changed">False: this bundle was in charge already and nothing was done.</param>
/// <param name="Generation">The generation in charge now.</param>
/// <param name="Endpoints">How many attached containers it judges.</param>
public sealed record ApplyResult(bool Changed, uint Generation, string Digest, int Endpoints);
