using System.Globalization;
using System.Text;
using Netpol.Bundle;

namespace Netpol.Compiler.Certification;

/// <summary>A certificate for people: the end of <c>listing.txt</c>, below what the maps take.</summary>
public static class CertificateText
{
    public static string Print(Certificate certificate)
    {
        StringBuilder text = new();
        var (scale, packet, events) = (certificate.Scale, certificate.Packet, certificate.Events);
        text.Append(CultureInfo.InvariantCulture, $"\nscale\n  endpoints {scale.Endpoints}, connections {scale.Connections}, events {scale.EventsPerSecond}/s\n");
        text.Append("\nprograms (instructions, of them run at most, bytes of stack, functions called at one time; whom they hand packets to)\n");
        foreach (var program in certificate.Programs)
        {
            var row = string.Create(
                CultureInfo.InvariantCulture,
                $"  {program.Name,-26}{program.Instructions,8}{program.LongestPath,8}{program.StackBytes,5}{program.Frames,3}  {string.Join(", ", program.TailCalls)}");
            text.Append(row.TrimEnd()).Append('\n');
        }

        text.Append(CultureInfo.InvariantCulture, $"\na packet's way at most\n  {packet.LongestPath} instructions: {string.Join(" > ", packet.LongestWay)}\n  {packet.TailCalls} tail calls\n");
        text.Append(CultureInfo.InvariantCulture, $"\nevents\n  {events.PerSecond} a second of {events.EventBytes} bytes, if the observer looks once a second; at the declared rate it may look away for {events.MillisecondsAtScale} ms\n");
        return text.ToString();
    }

    /// <summary>On one line, for who has just made it.</summary>
    public static string Summary(Certificate certificate)
    {
        var stack = certificate.Programs.Max(program => program.StackBytes);
        var bytes = certificate.Node.Bytes + certificate.Generation.Bytes;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"at most: {bytes} bytes of maps, {stack} bytes of stack, {certificate.Packet.LongestPath} instructions and {certificate.Packet.TailCalls} tail calls a packet, {certificate.Events.PerSecond} events a second");
    }
}
