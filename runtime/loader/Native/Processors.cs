namespace Netpol.Loader.Native;

/// <summary>How many values a per-processor map has.</summary>
internal static class Processors
{
    private static readonly Lazy<int> Count = new(() =>
    {
        var answer = LibBpf.libbpf_num_possible_cpus();
        return answer > 0 ? answer : throw new KernelException("count the processors", -answer);
    });

    internal static int Possible => Count.Value;
}
