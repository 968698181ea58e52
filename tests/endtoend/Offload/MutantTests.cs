using System.Diagnostics;
using System.Net.Sockets;
using Netpol.Lab;
using Netpol.Tests.EndToEnd.Rig;

namespace Netpol.Tests.EndToEnd.Offload;

/// <summary>
/// Between veth devices a wrong checksum goes unseen where it is left to the device. That the lab sees it all the same, for each state of a packet,
/// is shown by datapaths that write it wrongly.
/// </summary>
[Collection(CheckedLabCollection.Name)]
public sealed class MutantTests(CheckedLab lab)
{
    private const string Rewriter = "datapath/write_checksum.h", State = "datapath/checksum_state.h";

    [Theory]
    [InlineData("s/state == CHECKSUM_PARTIAL/false/", Place.Outside, true)]
    [InlineData("s/state == CHECKSUM_PARTIAL/true/", Place.SameNode, false)]
    [InlineData("s/= ~checksum_after(~\\*checksum, addresses)/= checksum_after(*checksum, addresses)/", Place.Outside, true)]
    [InlineData("s/checksum_after(\\*checksum, ends)/checksum_after(*checksum, addresses)/", Place.SameNode, false)]
    public void A_datapath_that_writes_wrong_checksums_is_found_out(string mutation, Place place, bool deviceComputes) => Under(Rewriter, mutation, () =>
    {
        lab.Begin(deviceComputes);
        foreach (var family in new[] { AddressFamily.InterNetwork, AddressFamily.InterNetworkV6 })
        {
            using var socket = DataClient.Udp(lab.Client.Network, CheckedLab.ServiceAt(place, family), CheckedLab.ServiceUdp);
            socket.ReceiveTimeout = 500;
            Assert.NotEqual(DataClient.Unharmed, DataClient.Echo(socket, 100, 200));
        }

        Assert.Contains(lab.Faults(), fault => fault.Contains("InCsumErrors", StringComparison.Ordinal));
    });

    /// <summary>As before Linux 6.2: the kernel's helpers write the checksums.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_kernel_that_does_not_say_who_makes_checksums_makes_them_itself(bool deviceComputes) => Under(State, "s/!bpf_cast_to_kern_ctx)/true)/", () =>
    {
        lab.Begin(deviceComputes);
        foreach (var (place, family) in from place in Enum.GetValues<Place>() from family in new[] { AddressFamily.InterNetwork, AddressFamily.InterNetworkV6 } select (place, family))
        {
            Assert.Equal(DataClient.Unharmed, DataClient.Transfer(lab.Client.Network, CheckedLab.ServiceAt(place, family), CheckedLab.ServiceTcp, 1 << 20));
        }

        Assert.Empty(lab.Faults());
    });

    private void Under(string header, string mutation, Action deed)
    {
        var folder = Directory.CreateTempSubdirectory("netpol-mutant-").FullName;
        try
        {
            lab.Load(Build(folder, header, mutation));
            deed();
        }
        finally
        {
            lab.LoadOwn();
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>By a clang that changes the header, which it is given anew for each build, before it compiles.</summary>
    private string Build(string folder, string header, string mutation)
    {
        var (source, clang, bundle) = (Path.Combine(folder, PolicyBundle.FileName), Path.Combine(folder, "clang"), Path.Combine(folder, "bundle"));
        File.WriteAllText(source, CheckedLab.Policy);
        File.WriteAllText(clang, $$"""
            #!/bin/sh -e
            if [ -f {{header}} ]; then
                cp {{header}} '{{folder}}/before'
                sed -i '{{mutation}}' {{header}}
                ! cmp -s {{header}} '{{folder}}/before' || { echo 'the mutation changes nothing' >&2; exit 1; }
            fi
            exec clang-19 "$@"
            """);
        _ = Tool.Run(lab.Client.Network, $"chmod +x {clang}");
        using var build = Process.Start(new ProcessStartInfo(Product.Cli, ["build", source, "-o", bundle, "--backend", "c"])
        {
            Environment = { ["NETPOL_CLANG"] = clang },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }) ?? throw new UnreachableException();
        var said = build.StandardOutput.ReadToEndAsync();
        var error = build.StandardError.ReadToEnd();
        build.WaitForExit();
        Assert.True(build.ExitCode == 0, said.GetAwaiter().GetResult() + error);
        return bundle;
    }
}
