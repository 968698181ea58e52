using System.Text.Json.Serialization;

namespace Netpol.Bench;

/// <summary>One line of the result.</summary>
/// <param name="Flows">Over how many connections the packets are spread; of `new` cases, those of its floor.</param>
/// <param name="Rules">Of the client's egress, and as many of the server's ingress; 0 where no policy is in it.</param>
/// <param name="Prefixes">That the policy names besides.</param>
/// <param name="Ratio">To the IPv4 floor of the same run and flows.</param>
internal sealed record Row(string Case, string Backend, int Family, int Flows, int Rules, int Prefixes, double Ns, double Ratio)
{
    /// <summary>What <see cref="Ratio"/> may be at most; null: nothing is demanded.</summary>
    public double? Bar { get; init; }

    [JsonIgnore]
    internal bool IsMissed => Ratio > Bar;
}
