using Netpol.Loader.Native;
using Netpol.Loader.State;

namespace Netpol.Loader.Generations;

/// <summary>Turns the verifier's no into what an author can use: source line first, whole log in a file.</summary>
internal static class Refusal
{
    internal static VerifierException Of(RefusedException refused, StateFolder state)
    {
        var file = state.WriteLog($"verifier-{refused.Program}", refused.Log);
        var log = VerifierLog.Parse(refused.Log);
        var where = log.Place.Length == 0 ? "" : $"{log.Place}: ";
        var what = log.Text.Length == 0 ? "" : $" at `{log.Text}`";
        return new VerifierException(
            $"{where}the kernel's verifier refused program `{refused.Program}`{what}: {log.Reason}; the whole log is in {file}",
            refused)
        {
            Program = refused.Program,
            Place = log.Place,
            Reason = log.Reason,
            LogFile = file,
        };
    }
}
